//! `diff`: in what two models differ, layer by layer and weight by weight.

mod architecture;
mod weights;

use std::path::{Path, PathBuf};

use functional_model::network::Network;
use functional_model::prelude::Save;
use serde_json::{Value, json};

use crate::answer::{Answer, Result};
use crate::open::{self, File};
use crate::output::Output;
use crate::table::{count, table};
use architecture::{Architecture, Change};
use weights::{Compared, Weight};

/// Says in what two models differ; the exit code is 1 where they do.
///
/// Their files may be of different formats. Layers may have other names where the architecture is the same: they are then taken in order.
#[derive(clap::Args)]
#[command(after_help = "Example: functional-model diff before.keras after.safetensors --tolerance 1e-6")]
pub struct Arguments {
    /// A file, of a model or of weights alone.
    before: PathBuf,
    /// Another.
    after: PathBuf,
    /// How far weights may be apart and still be taken for the same.
    #[arg(long, default_value_t = 0.0)]
    tolerance: f64,
}

/// What has been compared.
struct Difference {
    /// None, where a file has weights alone.
    changes: Option<Vec<Change>>,
    /// None, where a file has no weights. The worst first.
    weights: Option<Vec<Compared>>,
    tolerance: f64,
}

pub fn run(arguments: &Arguments, output: Output) -> Result {
    let Arguments { before, after, tolerance } = arguments;
    let (before, after) = (open::open(before)?, open::open(after)?);
    let difference = compare(&before, &after, *tolerance)?;
    output.show(|| difference.text(), || difference.json())?;
    Ok(if difference.is_none() { Answer::Yes } else { Answer::No })
}

fn compare(before: &File, after: &File, tolerance: f64) -> Result<Difference> {
    let (mut changes, mut pairs) = (None, None);
    if let (Some(before), Some(after)) = (&before.model, &after.model) {
        let Architecture { changes: found, pairs: weights } = architecture::compare(before.graph(), after.graph());
        (changes, pairs) = (Some(found), Some(weights));
    }
    let weights = if before.has_weights() && after.has_weights() {
        let (a, b) = (weights_of(before, after)?, weights_of(after, before)?);
        // Without two models, all go by their own names.
        let pairs = pairs.unwrap_or_else(|| a.iter().map(|weight| (weight.path.clone(), weight.path.clone())).collect());
        Some(weights::compare(a, b, &pairs))
    } else {
        None
    };
    Ok(Difference { changes, weights, tolerance })
}

/// The weights of a file; those of weights alone by the names of the other file's model, where that has one.
fn weights_of(file: &File, other: &File) -> Result<Vec<Weight>> {
    match (&file.model, &other.model) {
        (Some(model), _) => Ok(weights::of_model(model)),
        (None, Some(model)) => {
            let mut model = model.clone();
            model.load_weights(&file.path as &Path)?;
            Ok(weights::of_model(&model))
        }
        (None, None) => Ok(file.weights.iter().map(Weight::of_tensor).collect()),
    }
}

/// A tolerance, as people write it.
fn said(tolerance: f64) -> String {
    if tolerance < 1e-3 { format!("{tolerance:e}") } else { tolerance.to_string() }
}

impl Difference {
    fn differing(&self) -> Option<Vec<&Compared>> {
        let weights = self.weights.as_ref()?;
        Some(weights.iter().filter(|weight| !weight.is_within(self.tolerance)).collect())
    }

    fn is_none(&self) -> bool {
        self.changes.as_ref().is_none_or(Vec::is_empty) && self.differing().is_none_or(|weights| weights.is_empty())
    }

    fn text(&self) -> String {
        let mut text = match &self.changes {
            None => "architecture: not compared, a file has weights alone\n".to_owned(),
            Some(changes) if changes.is_empty() => "architecture: the same\n".to_owned(),
            Some(changes) => {
                let lines = changes.iter().map(|change| format!("  {change}\n")).collect::<String>();
                format!("architecture: {}\n{lines}", count(changes.len(), "difference"))
            }
        };
        let (Some(all), Some(differing)) = (&self.weights, self.differing()) else {
            return text + "weights: not compared, a file has none\n";
        };
        let beyond = if self.tolerance > 0.0 { format!(" by more than {}", said(self.tolerance)) } else { String::new() };
        if differing.is_empty() {
            let same = if self.tolerance > 0.0 { format!("none differs{beyond}") } else { "the same".to_owned() };
            text.push_str(&format!("weights: {same}, {} in all\n", all.len()));
            return text;
        }
        text.push_str(&format!("weights: {} of {} differ{beyond}\n", differing.len(), all.len()));
        let rows: Vec<Vec<String>> = differing.iter().map(|weight| vec![format!("  {}", weight.name()), weight.told()]).collect();
        text.push_str(&table(&["  weight", "largest difference"], &rows));
        text
    }

    fn json(&self) -> Value {
        let changes = self.changes.as_ref().map(|changes| changes.iter().map(Change::json).collect::<Vec<_>>());
        let weights =
            self.weights.as_ref().map(|weights| weights.iter().map(|weight| weight.json(self.tolerance)).collect::<Vec<_>>());
        json!({ "same": self.is_none(), "architecture": changes, "weights": weights })
    }
}
