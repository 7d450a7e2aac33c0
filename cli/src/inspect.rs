//! `inspect`: the weights of a file, with what can be told of their numbers.

mod statistics;

use std::path::PathBuf;

use functional_model::exchange::Dtype;
use functional_model::network::Network;
use serde_json::{Value, json};

use crate::answer::{Answer, Failure, Result};
use crate::open::{self, File};
use crate::output::Output;
use crate::table::{count, short, table};
use statistics::Statistics;

/// Prints the weights of a file: shapes, means, deviations and ranges.
#[derive(clap::Args)]
#[command(after_help = "Example: functional-model inspect net.keras --layer conv2d")]
pub struct Arguments {
    /// The file, of a model or of weights alone.
    file: PathBuf,
    /// Only the weights of this layer, or under this path: `encoder/dense`.
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,
}

/// A weight.
struct Weight {
    path: String,
    shape: Vec<usize>,
    dtype: Dtype,
    /// Whether training changes it; nobody knows of weights alone.
    is_trained: Option<bool>,
    statistics: Statistics,
}

pub fn run(arguments: &Arguments, output: Output) -> Result {
    let file = open::open(&arguments.file)?;
    if !file.has_weights() {
        return Err(Failure::of_file(&file.path, format_args!("it is {}: expected one with weights", file.format)));
    }
    let mut weights = weights(&file);
    if let Some(layer) = &arguments.layer {
        let known: Vec<String> = weights.iter().map(|weight| layer_of(&weight.path).to_owned()).collect();
        weights.retain(|weight| {
            weight.path.strip_prefix(layer.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        if weights.is_empty() {
            return Err(unknown(layer, known));
        }
    }
    output.show(|| text(&weights), || json(&weights))?;
    Ok(Answer::Yes)
}

/// The path of the layer that a weight belongs to.
fn layer_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(layer, _)| layer)
}

fn unknown(layer: &str, mut known: Vec<String>) -> Failure {
    known.dedup();
    Failure::Told(format!("no layer `{layer}` has weights\nhelp: these have: {}", known.join(", ")))
}

fn weights(file: &File) -> Vec<Weight> {
    let Some(model) = &file.model else {
        let alone = file.weights.iter().map(|(path, tensor)| {
            let mut statistics = Statistics::default();
            tensor.visit(|element| statistics.add(element));
            Weight { path: path.clone(), shape: tensor.shape.clone(), dtype: tensor.dtype, is_trained: None, statistics }
        });
        return alone.collect();
    };
    let mut names = model.graph().weights().into_iter().map(|(path, _)| path).zip(&file.dtypes);
    let mut weights = Vec::new();
    model.visit(&mut |weight, is_trained| {
        let Some((path, &dtype)) = names.next() else { return };
        let mut statistics = Statistics::default();
        weight.data.iter().for_each(|&element| statistics.add(element));
        weights.push(Weight { path, shape: weight.shape.to_vec(), dtype, is_trained: Some(is_trained), statistics });
    });
    weights
}

fn text(weights: &[Weight]) -> String {
    let (mut rows, mut layer) = (Vec::new(), "");
    for weight in weights {
        if layer_of(&weight.path) != layer {
            layer = layer_of(&weight.path);
            rows.push(vec![layer.to_owned()]);
        }
        rows.push(row(weight));
    }
    let table = table(&["weight", "shape", "mean", "std", "min", "max", "zeros"], &rows);
    let elements: usize = weights.iter().map(|weight| weight.statistics.count()).sum();
    let mut dtypes: Vec<String> = weights.iter().map(|weight| weight.dtype.to_string().to_lowercase()).collect();
    dtypes.sort_unstable();
    dtypes.dedup();
    let total = format!("\n{}, {}: {}\n", count(weights.len(), "weight"), count(elements, "number"), dtypes.join(", "));
    let frozen = weights.iter().any(|weight| weight.is_trained == Some(false));
    let legend = if frozen { "* training does not change it\n" } else { "" };
    let wrong = weights.iter().filter(|weight| weight.statistics.not_finite() > 0);
    let wrong = wrong.map(|weight| {
        format!("`{}` has {} that are infinite or NaN\n", weight.path, count(weight.statistics.not_finite(), "number"))
    });
    format!("{table}{total}{legend}{}", wrong.collect::<String>())
}

/// The cells of a weight, which stands below its layer.
fn row(weight: &Weight) -> Vec<String> {
    let Weight { path, shape, statistics, .. } = weight;
    let name = path.rsplit('/').next().unwrap_or_default();
    let mark = if weight.is_trained == Some(false) { "*" } else { "" };
    let numbers = [statistics.mean(), statistics.std(), statistics.min(), statistics.max()].map(short);
    let zeros = format!("{:.0} %", statistics.zeros() * 100.0);
    [&[format!("  {name}{mark}"), shown(shape)], &numbers[..], &[zeros]].concat()
}

/// A shape in few letters: `3x3x32`.
fn shown(shape: &[usize]) -> String {
    if shape.is_empty() { "scalar".to_owned() } else { shape.iter().map(usize::to_string).collect::<Vec<_>>().join("x") }
}

fn json(weights: &[Weight]) -> Value {
    let weight = |weight: &Weight| {
        let Weight { path, shape, dtype, is_trained, statistics } = weight;
        json!({
            "path": path,
            "shape": shape,
            "dtype": dtype.to_string().to_lowercase(),
            "trained": is_trained,
            "mean": statistics.mean(),
            "std": statistics.std(),
            "min": statistics.min(),
            "max": statistics.max(),
            "zeros": statistics.zeros(),
            "not_finite": statistics.not_finite(),
        })
    };
    let elements: usize = weights.iter().map(|weight| weight.statistics.count()).sum();
    json!({ "weights": weights.iter().map(weight).collect::<Vec<_>>(), "numbers": elements })
}
