//! Predictions as files, text and JSON.

use std::io::Write;
use std::path::Path;

use functional_model::file::atomic;
use functional_model::ndarray::{ArrayD, ArrayViewD, Axis};
use functional_model::npy::{self, NpzWriter};
use serde_json::{Value, json};

use super::Predictions;
use crate::answer::{Failure, Result};
use crate::open::ending;
use crate::output::Output;

/// An output by its name.
type NamedOutput = (String, ArrayD<f32>);

/// Whether a name tells how predictions are to be written.
pub fn check(path: &Path) -> Result<()> {
    if matches!(ending(path).as_str(), "npy" | "npz" | "csv") {
        return Ok(());
    }
    Err(Failure::of_file(path, "the name does not tell what to write: expected `.npy`, `.npz` or `.csv`"))
}

/// Writes predictions to a file, whole or not at all.
pub fn write(path: &Path, predictions: &Predictions, output: Output) -> Result<()> {
    let outputs = predictions.outputs.as_slice();
    match (ending(path).as_str(), outputs) {
        ("npy", [(_, only)]) => npy::write(path, only)?,
        ("npy", _) => {
            let name = path.with_extension("npz");
            let told = format!("the model has {} outputs, and `.npy` holds one array", outputs.len());
            return Err(Failure::of_file(path, format_args!("{told}\nhelp: write `{}`", name.display())));
        }
        ("npz", _) => {
            let add = |archive: NpzWriter, (name, array): &NamedOutput| archive.add(name, array);
            outputs.iter().try_fold(NpzWriter::new(), add)?.save(path)?;
        }
        _ => {
            let written = atomic::write(path, |file| file.write_all(csv(predictions).as_bytes()));
            written.map_err(|error| Failure::of_file(path, error))?;
        }
    }
    let shapes = outputs.iter().map(|(name, array)| format!("`{name}` {:?}", array.shape())).collect::<Vec<_>>().join(", ");
    output.show(
        || format!("{shapes} -> {}", path.display()),
        || json!({ "written": path.to_string_lossy(), "outputs": outputs.iter().map(described).collect::<Vec<_>>() }),
    )
}

/// A row for each sample, and a line of names in front: the output's, with the place where it has several numbers. Images have their files in front.
pub fn csv(predictions: &Predictions) -> String {
    let outputs = predictions.outputs.as_slice();
    let names = outputs.iter().flat_map(|(name, array)| {
        let columns: usize = array.shape().iter().skip(1).product();
        (0..columns).map(move |column| quoted(&if columns == 1 { name.clone() } else { format!("{name}_{column}") }))
    });
    let file = predictions.files.as_ref().map(|_| "file".to_owned());
    let mut lines = vec![file.into_iter().chain(names).collect::<Vec<_>>().join(",")];
    let samples = outputs.first().and_then(|(_, array)| array.shape().first().copied()).unwrap_or(0);
    for sample in 0..samples {
        let mut cells: Vec<String> = predictions.sample(sample).map(|file| quoted(&file)).into_iter().collect();
        for (_, array) in outputs {
            cells.extend(array.index_axis(Axis(0), sample).iter().map(cell));
        }
        lines.push(cells.join(","));
    }
    lines.join("\n") + "\n"
}

/// A number in as few digits as tell it from all other `f32`: `1`, `0.5`, `2.4e-12`.
fn cell(number: &f32) -> String {
    let text = format!("{number:?}");
    text.strip_suffix(".0").map_or(text.clone(), ToOwned::to_owned)
}

/// A cell, which has quotes where it has what separates cells.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// The outputs with their numbers, nested as their axes are.
pub fn json(predictions: &Predictions) -> Value {
    let output = |output: &NamedOutput| {
        let mut described = described(output);
        described["values"] = nested(output.1.view());
        described
    };
    let outputs = predictions.outputs.iter().map(output).collect::<Vec<_>>();
    let files = predictions.files.as_ref().map(|files| files.iter().map(|file| file.to_string_lossy()).collect::<Vec<_>>());
    json!({ "files": files, "outputs": outputs })
}

fn described((name, array): &NamedOutput) -> Value {
    json!({ "name": name, "shape": array.shape() })
}

fn nested(array: ArrayViewD<'_, f32>) -> Value {
    match array.ndim() {
        0 => array.first().map_or(Value::Null, |&only| number(only)),
        _ => array.axis_iter(Axis(0)).map(nested).collect(),
    }
}

/// A number in as few digits as tell it from all other `f32`; null where it is infinite or NaN.
pub fn number(number: f32) -> Value {
    number.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}
