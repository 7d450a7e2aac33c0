//! Keras 3's JSON for models, read and written. The graph that is read is checked call by call, like any other.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::argument::{size_of_constants, size_value};
use crate::custom::Registry;
use crate::dim::Dim;
use crate::graph::Graph;

mod document;
mod error;
mod fields;
mod foreign;
mod functional;
mod integers;
mod layer;
mod origin;
mod read;
mod reference;
mod schedule;
mod sequential;
mod write;

pub use error::{ConfigError, ConfigProblem};
pub use foreign::{Foreign, is_operations_graph};
pub use origin::{Origin, Program};
pub use read::{read, read_with};
pub(crate) use write::history;
pub use write::{to_json, write};

/// Reads a model from the text of Keras's JSON.
///
/// # Errors
/// If the text is not JSON, or describes no model that can be run; see [`read`].
pub fn from_json(text: &str) -> Result<Graph, ConfigError> {
    from_json_with(text, &Registry::default())
}

/// Reads a model with layers of the user's own from the text of Keras's JSON.
///
/// # Errors
/// As [`from_json`]; also if such a layer is not registered.
pub fn from_json_with(text: &str, registry: &Registry) -> Result<Graph, ConfigError> {
    read_with(&parse(text)?, registry)
}

/// Reads a model from the text of this library's own JSON, in which sizes may follow from constants: their names become those that
/// `rename` makes of them.
///
/// # Errors
/// As [`from_json`]; also if such a layer is not registered.
pub fn from_json_with_constants(text: &str, registry: &Registry, rename: &impl Fn(&str) -> String) -> Result<Graph, ConfigError> {
    let mut document = parse(text)?;
    rename_constants(&mut document, rename);
    read::whole(&document, registry)
}

/// Reads a document.
///
/// # Errors
/// If the text is not JSON.
pub fn parse(text: &str) -> Result<Value, ConfigError> {
    serde_json::from_str(text).map_err(|error| ConfigProblem::Json(error.to_string()).into())
}

fn rename_constants(value: &mut Value, rename: &impl Fn(&str) -> String) {
    if let Some(size) = size_of_constants(value) {
        *value = size.substitute(&|name| Some(Dim::named(rename(name)))).as_ref().map_or(Value::Null, size_value);
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| rename_constants(item, rename)),
        Value::Object(entries) => entries.values_mut().for_each(|entry| rename_constants(entry, rename)),
        _ => {}
    }
}

/// The names of outputs that have no names of their own: those of their layers, made unique.
pub(crate) fn output_names<'n>(layers: impl IntoIterator<Item = &'n str>) -> Vec<String> {
    let (mut names, mut taken, mut counts) = (Vec::new(), HashSet::new(), HashMap::new());
    for layer in layers {
        let mut name = layer.to_owned();
        let count: &mut usize = counts.entry(layer).or_default();
        while !taken.insert(name.clone()) {
            *count = count.saturating_add(1);
            name = format!("{layer}_{count}");
        }
        names.push(name);
    }
    names
}
