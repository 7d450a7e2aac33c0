//! Whole models in `.h5` files, as Keras 1 and 2 save them: an attribute with the configuration beside the weights.

use model_exchange::hdf5;
use model_exchange::keras::{KerasProblem, by_layer, whole_model};
use model_graph::custom::Registry;
use serde_json::json;

use super::{model, names_in_order, weights};
use crate::file::FileProblem;
use crate::file::content::{Content, Origin};

/// The content of a file with a whole model. How it was trained is not read.
pub(in crate::file) fn read<'b>(bytes: &'b [u8], registry: &Registry) -> Result<Content<'b>, FileProblem> {
    let whole = whole_model(bytes)?.ok_or(FileProblem::WeightsAlone)?;
    let (_, graph) = model(&whole, registry)?;
    let layers = by_layer(bytes)?.unwrap_or_default();
    let tensors = weights::by_layers(&layers, &graph, true);
    let order = names_in_order(&model_graph::config::write(&graph), &graph);
    let document = json!({ "keras_version": whole["keras_version"], "training_config": has(bytes, "training_config")? });
    Ok(Content { document, tensors, origin: Origin::Keras { graph: graph.into(), order } })
}

/// Whether something of a name stands beside the weights.
pub(in crate::file) fn has(bytes: &[u8], name: &str) -> Result<bool, FileProblem> {
    let root = hdf5::open(bytes).map_err(KerasProblem::from)?;
    Ok(root.attribute(name).map_or(true, |found| found.is_some()))
}
