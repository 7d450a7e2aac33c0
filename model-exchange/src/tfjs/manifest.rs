//! The list of weights, in groups that lie one weight behind the other in their shards.

use serde_json::Value;

use super::error::TfjsError;
use super::shards::{self, Shards};
use crate::tensor::{Dtype, Tensor};

/// A weight of the list, with its numbers.
pub(super) struct Entry {
    pub name: String,
    pub shape: Vec<usize>,
    pub elements: Vec<f32>,
}

/// How the numbers of a weight lie in bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stored {
    /// As they are.
    Plain(Dtype),
    /// Anything but 0 is true.
    Bool,
    /// Steps of a scale above the least, of one byte or two; whole numbers are rounded to.
    Steps { steps: Dtype, scale: f64, least: f64, is_whole: bool },
}

impl Stored {
    const fn bytes(self) -> usize {
        match self {
            Self::Plain(dtype) => dtype.size(),
            Self::Bool => 1,
            Self::Steps { steps, .. } => steps.size(),
        }
    }

    /// The numbers that bytes stand for.
    fn numbers(self, bytes: &[u8]) -> Vec<f32> {
        let plain = |dtype| Tensor { dtype, shape: Vec::new(), bytes: bytes.into() }.to_vec();
        match self {
            Self::Plain(dtype) => plain(dtype),
            Self::Bool => bytes.iter().map(|byte| f32::from(u8::from(*byte != 0))).collect(),
            Self::Steps { steps, scale, least, is_whole } => {
                let number = |step: f64| step * scale + least;
                // JavaScript rounds halves up.
                let whole = |number: f64| if is_whole { (number + 0.5).floor() } else { number };
                #[allow(clippy::cast_possible_truncation)] // to the nearest float, as TensorFlow.js keeps it
                plain(steps).into_iter().map(|step| whole(number(step.into())) as f32).collect()
            }
        }
    }
}

/// A weight of the list.
struct Listed {
    name: String,
    shape: Vec<usize>,
    stored: Stored,
    bytes: usize,
}

fn missing(what: &'static str, place: String) -> TfjsError {
    TfjsError::Document { what, place }
}

/// Reads the list, and the numbers that it tells of.
pub(super) fn read(document: &Value, files: &mut dyn Shards) -> Result<Vec<Entry>, TfjsError> {
    const KEY: &str = "weightsManifest";
    let groups = document.get(KEY).and_then(Value::as_array).ok_or_else(|| missing("list of weights", KEY.to_owned()))?;
    let mut plan = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        plan.push(listed(group, &format!("{KEY}/{number}"), files)?);
    }
    let mut entries = Vec::new();
    for (paths, weights) in plan {
        entries.extend(numbers(&paths, weights, files)?);
    }
    Ok(entries)
}

/// The shards and weights of a group, whose sizes agree.
fn listed(group: &Value, place: &str, files: &mut dyn Shards) -> Result<(Vec<String>, Vec<Listed>), TfjsError> {
    let list =
        |key: &'static str, what| group.get(key).and_then(Value::as_array).ok_or_else(|| missing(what, format!("{place}/{key}")));
    let path =
        |path: &Value| path.as_str().map(str::to_owned).ok_or_else(|| missing("name of a shard", format!("{place}/paths")));
    let paths: Vec<String> = list("paths", "list of shards")?.iter().map(path).collect::<Result<_, _>>()?;
    paths.iter().try_for_each(|path| shards::check(path))?;
    let weight = |(number, weight): (usize, &Value)| entry(weight, &format!("{place}/weights/{number}"));
    let weights: Vec<Listed> = list("weights", "list of weights")?.iter().enumerate().map(weight).collect::<Result<_, _>>()?;
    let expected = weights.iter().fold(0_u64, |sum, weight| sum.saturating_add(weight.bytes as u64));
    let mut found = 0_u64;
    for path in &paths {
        let size = files.size(path).map_err(|error| TfjsError::Io { path: path.clone(), error })?;
        found = found.saturating_add(size);
    }
    if found != expected {
        return Err(TfjsError::Size { paths: quoted(&paths), expected, found });
    }
    Ok((paths, weights))
}

fn quoted(paths: &[String]) -> String {
    paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ")
}

fn entry(weight: &Value, place: &str) -> Result<Listed, TfjsError> {
    let name = weight.get("name").and_then(Value::as_str).ok_or_else(|| missing("name", format!("{place}/name")))?;
    let size = |size: &Value| size.as_u64().and_then(|size| usize::try_from(size).ok());
    let shape =
        weight.get("shape").and_then(Value::as_array).and_then(|shape| shape.iter().map(size).collect::<Option<Vec<_>>>());
    let shape = shape.ok_or_else(|| missing("list of sizes", format!("{place}/shape")))?;
    let stored = stored(weight, name, place)?;
    let bytes = shape.iter().try_fold(stored.bytes(), |bytes, size| bytes.checked_mul(*size));
    let bytes = bytes.ok_or_else(|| missing("shape that memory could hold", format!("{place}/shape")))?;
    Ok(Listed { name: name.to_owned(), shape, stored, bytes })
}

/// How the numbers of a weight are stored.
fn stored(weight: &Value, name: &str, place: &str) -> Result<Stored, TfjsError> {
    let kind = weight.get("dtype").and_then(Value::as_str).unwrap_or("float32");
    let error = |found: &str, expected| TfjsError::Type { weight: name.to_owned(), found: found.to_owned(), expected };
    let Some(quantization) = weight.get("quantization").filter(|quantization| !quantization.is_null()) else {
        return match kind {
            "float32" => Ok(Stored::Plain(Dtype::F32)),
            "int32" => Ok(Stored::Plain(Dtype::I32)),
            "bool" => Ok(Stored::Bool),
            other => Err(error(other, "`float32`, `int32` or `bool`")),
        };
    };
    let is_whole = kind == "int32";
    if !is_whole && kind != "float32" {
        return Err(error(kind, "`float32` or `int32` where it is quantized"));
    }
    let number = |key: &str| {
        let number = quantization.get(key).and_then(Value::as_f64).filter(|number| number.is_finite());
        number.ok_or_else(|| missing("number", format!("{place}/quantization/{key}")))
    };
    let steps = |steps| Ok(Stored::Steps { steps, scale: number("scale")?, least: number("min")?, is_whole });
    match quantization.get("dtype").and_then(Value::as_str).unwrap_or_default() {
        "uint8" => steps(Dtype::U8),
        "uint16" => steps(Dtype::U16),
        "float16" if !is_whole => Ok(Stored::Plain(Dtype::F16)),
        other => Err(error(other, "`uint8`, `uint16` or, of `float32`, `float16`")),
    }
}

/// The weights of a group with their numbers: not more than a shard is in memory beside them.
fn numbers(paths: &[String], weights: Vec<Listed>, files: &mut dyn Shards) -> Result<Vec<Entry>, TfjsError> {
    let (mut bytes, mut paths_left, mut entries) = (Vec::new(), paths.iter(), Vec::new());
    let mut start = 0_usize;
    for weight in weights {
        while bytes.len().saturating_sub(start) < weight.bytes {
            let path = paths_left.next();
            let shard = path.map(|path| files.bytes(path).map_err(|error| TfjsError::Io { path: path.clone(), error }));
            let Some(shard) = shard.transpose()? else { break };
            bytes.drain(..start);
            start = 0;
            bytes.extend(shard);
        }
        let end = start.saturating_add(weight.bytes);
        let Some(own) = bytes.get(start..end) else {
            // It was as long as it had to be when it was asked.
            let (expected, found) = (weight.bytes as u64, bytes.len().saturating_sub(start) as u64);
            return Err(TfjsError::Size { paths: quoted(paths), expected, found });
        };
        entries.push(Entry { name: weight.name, shape: weight.shape, elements: weight.stored.numbers(own) });
        start = end;
    }
    Ok(entries)
}
