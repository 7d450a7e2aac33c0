//! The classes that a classifier finds the most likely, by name.

use std::fs;
use std::path::PathBuf;

use functional_model::ndarray::{ArrayView1, Axis, Ix2};
use serde_json::{Value, json};

use super::Predictions;
use super::written::number;
use crate::answer::{Failure, Result};
use crate::output::Output;
use crate::table::short;

/// How many classes are printed, and what they are called.
#[derive(clap::Args)]
pub struct Classes {
    /// The names of the classes, one a line, for what `--top` prints.
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    classes: Option<PathBuf>,
    /// Prints the classes with the largest numbers, so many; 5 with `--classes`.
    #[arg(long, value_name = "CLASSES", conflicts_with = "output")]
    top: Option<usize>,
}

impl Classes {
    /// Whether classes are to be printed.
    pub fn is_asked_for(&self) -> bool {
        self.classes.is_some() || self.top.is_some()
    }

    /// The names of the classes; none where they are numbers.
    pub fn names(&self) -> Result<Vec<String>> {
        let Some(path) = &self.classes else { return Ok(Vec::new()) };
        let text = fs::read_to_string(path).map_err(|error| Failure::of_file(path, error))?;
        Ok(text.lines().map(|line| line.trim().to_owned()).collect())
    }

    /// Prints the likeliest classes of each sample, which is an image of these files or a number.
    pub fn show(&self, predictions: &Predictions, names: &[String], output: Output) -> Result<()> {
        let [(_, predicted)] = predictions.outputs.as_slice() else {
            let told = format!("`--top` is for models with one output: this has {}", predictions.outputs.len());
            return Err(Failure::Told(told));
        };
        let expected = || format!("expected a number for each class: the model gives {:?} a sample", &predicted.shape()[1..]);
        let rows = predicted.view().into_dimensionality::<Ix2>().map_err(|_| Failure::Told(expected()))?;
        let classes = rows.ncols();
        if !names.is_empty() && names.len() != classes {
            let told =
                format!("`--classes` has {} names: expected {classes}, one for each number that the model gives", names.len());
            return Err(Failure::Told(told));
        }
        let name = |class: usize| names.get(class).cloned().unwrap_or_else(|| format!("class {class}"));
        let sample = |row: usize| predictions.sample(row).unwrap_or_else(|| format!("sample {row}"));
        let top = self.top.unwrap_or(5);
        let text = || {
            let lines = |(row, numbers): (usize, ArrayView1<'_, f32>)| {
                let found = largest(numbers, top);
                let found = found.into_iter().map(|(class, score)| format!("  {:>8}  {}\n", short(score.into()), name(class)));
                format!("{}\n{}", sample(row), found.collect::<String>())
            };
            rows.axis_iter(Axis(0)).enumerate().map(lines).collect()
        };
        let json = || {
            let of_sample = |(row, numbers): (usize, ArrayView1<'_, f32>)| {
                let found = largest(numbers, top).into_iter();
                let found = found.map(|(class, score)| json!({ "class": class, "name": name(class), "score": number(score) }));
                json!({ "sample": sample(row), "classes": found.collect::<Vec<_>>() })
            };
            rows.axis_iter(Axis(0)).enumerate().map(of_sample).collect::<Value>()
        };
        output.show(text, json)
    }
}

/// The places of the largest numbers, the largest first, the first of equals.
fn largest(numbers: ArrayView1<'_, f32>, count: usize) -> Vec<(usize, f32)> {
    let mut places: Vec<(usize, f32)> = numbers.iter().copied().enumerate().collect();
    places.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    places.truncate(count);
    places
}
