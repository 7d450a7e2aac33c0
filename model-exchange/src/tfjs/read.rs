//! A model and its weights, from a document and its shards.

use std::collections::HashMap;

use model_graph::config::{self, ConfigError, ConfigProblem};
use model_graph::custom::Registry;
use model_graph::{DuplicateName, Graph};
use serde_json::Value;

use super::error::{Misshapen, TfjsError};
use super::manifest::{self, Entry};
use super::names::{self, Named};
use super::shards::Shards;
use crate::legacy;

/// What has been read.
#[derive(Clone, Debug)]
pub struct Read {
    /// The model.
    pub graph: Graph,
    /// The elements of each of its weights, in the order of [`Graph::weights`].
    pub weights: Vec<Vec<f32>>,
}

/// Reads a layers model of TensorFlow.js from the text of its `model.json` and its shards, with layers of the user's own.
///
/// The shards' sizes are held against the document before any is read, and the weights against the layers: all of them are there, in their
/// shapes, or the error lists what is not.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use model_exchange::tfjs;
/// use model_graph::custom::Registry;
///
/// let json = r#"{ "format": "layers-model", "modelTopology": { "class_name": "Sequential", "keras_version": "tfjs-layers 4.22.0", "config":
///     { "name": "line", "layers": [{ "class_name": "Dense", "config":
///         { "name": "d", "units": 1, "use_bias": false, "batch_input_shape": [null, 2] } }] } },
///     "weightsManifest": [{ "paths": ["weights.bin"], "weights": [{ "name": "d/kernel", "shape": [2, 1], "dtype": "float32" }] }] }"#;
/// let mut shards = BTreeMap::from([("weights.bin".to_owned(), [1.5_f32, -2.0].map(f32::to_le_bytes).concat())]);
/// let model = tfjs::read(json.as_bytes(), &mut shards, &Registry::default())?;
/// assert_eq!(model.weights, [[1.5, -2.0]]);
/// # Ok::<(), tfjs::TfjsError>(())
/// ```
///
/// # Errors
/// If the document is none, is of a graph model, or has layers that cannot be read; if a shard is missing, lies outside the folder, or holds
/// more or less than the document says; if a weight is of a type that is not read; if weights are missing, unexpected, or of another shape.
pub fn read(json: &[u8], shards: &mut dyn Shards, registry: &Registry) -> Result<Read, TfjsError> {
    let document: Value = serde_json::from_slice(json).map_err(|error| TfjsError::Json(error.to_string()))?;
    if config::is_operations_graph(&document) {
        return Err(TfjsError::GraphModel);
    }
    if document.get("modelTopology").is_none() {
        return Err(TfjsError::Document { what: "model", place: "modelTopology".to_owned() });
    }
    let graph = config::read_with(&*legacy::modern(&document, registry)?, registry)?;
    let flat = graph.pruned().flat();
    let graph = flat.map_err(|DuplicateName(name)| ConfigError::from(ConfigProblem::Duplicate(name)))?;
    let weights = matched(names::of(&graph), manifest::read(&document, shards)?)?;
    Ok(Read { graph, weights })
}

/// The elements of each weight, by the names that they have in the file.
fn matched(named: Vec<Named>, entries: Vec<Entry>) -> Result<Vec<Vec<f32>>, TfjsError> {
    let mut places: HashMap<String, usize> = HashMap::new();
    for (place, entry) in entries.iter().enumerate() {
        if places.insert(entry.name.clone(), place).is_some() {
            return Err(TfjsError::Twice(entry.name.clone()));
        }
    }
    for (place, entry) in entries.iter().enumerate() {
        if let Some(short) = names::without_cell(&entry.name) {
            places.entry(short).or_insert(place);
        }
    }
    let mut entries: Vec<Option<Entry>> = entries.into_iter().map(Some).collect();
    let (mut weights, mut missing, mut misshapen) = (Vec::new(), Vec::new(), Vec::new());
    for Named { path, shape, names } in named {
        let mut found = names.iter().filter_map(|name| places.get(name).copied());
        let entry = found.find_map(|place| entries.get_mut(place).and_then(Option::take));
        match entry {
            None => missing.push(path),
            Some(entry) if entry.shape != shape => {
                misshapen.push(Misshapen { weight: path, expected: shape, found: entry.shape });
            }
            Some(entry) => weights.push(entry.elements),
        }
    }
    let unexpected: Vec<String> = entries.into_iter().flatten().map(|entry| entry.name).collect();
    if missing.is_empty() && misshapen.is_empty() && unexpected.is_empty() {
        Ok(weights)
    } else {
        Err(TfjsError::Weights { missing, unexpected, misshapen })
    }
}
