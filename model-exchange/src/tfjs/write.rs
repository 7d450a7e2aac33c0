//! A model as the files of a layers model of TensorFlow.js.

use std::collections::HashSet;

use model_graph::{Graph, config};
use serde_json::json;

use super::error::{TfjsError, Unsupported};
use super::names;
use super::topology::Pass;

/// How long a shard is at most, as TensorFlow.js's converter has it: what browsers keep.
const SHARD: usize = 4 * 1024 * 1024;

/// The files of a model, to be put into one folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// What `model.json` holds.
    pub model: String,
    /// The shards, each with its name.
    pub shards: Vec<(String, Vec<u8>)>,
}

/// Writes a flat graph and its weights, in the order of [`Graph::weights`], as a layers model of TensorFlow.js.
///
/// # Errors
/// If TensorFlow.js lacks parts of the model, all of which are listed; if the weights are not those of the graph.
pub fn write(graph: &Graph, weights: &[&[f32]]) -> Result<Files, TfjsError> {
    let mut pass = Pass::default();
    let topology = pass.model(&config::write(graph));
    let named = names::of(graph);
    let mut seen = HashSet::new();
    let first = |named: &names::Named| named.names.first().cloned().unwrap_or_default();
    for twice in named.iter().map(first).filter(|name| !seen.insert(name.clone())) {
        let what = format!("a weight named `{twice}`, and so is one of another layer: it knows no models around them");
        pass.unsupported.push(Unsupported {
            place: vec![graph.name.clone()],
            what,
            help: "give the layers of inner models names of their own",
        });
    }
    if !pass.unsupported.is_empty() {
        return Err(TfjsError::Unsupported(pass.unsupported));
    }
    let (mut listed, mut bytes) = (Vec::new(), Vec::new());
    for (place, weight) in named.iter().enumerate() {
        let expected = weight.shape.iter().product();
        let elements = weights.get(place).copied().unwrap_or_default();
        if elements.len() != expected {
            return Err(TfjsError::Elements { weight: weight.path.clone(), expected, found: elements.len() });
        }
        listed.push(json!({ "name": first(weight), "shape": weight.shape, "dtype": "float32" }));
        bytes.extend(elements.iter().flat_map(|element| element.to_le_bytes()));
    }
    if let Some(more) = weights.get(named.len()) {
        return Err(TfjsError::Elements { weight: "no weight".to_owned(), expected: 0, found: more.len() });
    }
    let shards = shards(&bytes);
    let paths: Vec<&str> = shards.iter().map(|(name, _)| name.as_str()).collect();
    let groups = if listed.is_empty() { json!([]) } else { json!([{ "paths": paths, "weights": listed }]) };
    let model = json!({
        "format": "layers-model",
        "generatedBy": "keras v2.15.0",
        "convertedBy": concat!("functional-model v", env!("CARGO_PKG_VERSION")),
        "modelTopology": { "keras_version": "2.15.0", "backend": "tensorflow", "model_config": topology },
        "weightsManifest": groups,
    });
    Ok(Files { model: model.to_string(), shards })
}

fn shards(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let count = bytes.len().div_ceil(SHARD);
    let parts = bytes.chunks(SHARD).enumerate();
    parts.map(|(number, part)| (format!("group1-shard{}of{count}.bin", number.saturating_add(1)), part.to_vec())).collect()
}
