//! Whole models in `.h5` files, as Keras 1 and 2 save them: an attribute with the configuration beside the weights.

use model_exchange::hdf5;
use model_exchange::keras::{KerasProblem, by_layer};
use model_graph::custom::Registry;
use serde_json::{Value, json};

use super::{model, names_in_order, weights};
use crate::file::FileProblem;
use crate::file::content::{Content, Origin};

/// The content of a file with a whole model. How it was trained is not read.
pub(in crate::file) fn read<'b>(bytes: &'b [u8], registry: &Registry) -> Result<Content<'b>, FileProblem> {
    let config = text(bytes, "model_config")?.ok_or(FileProblem::WeightsAlone)?;
    let config: Value = serde_json::from_str(config).map_err(|error| FileProblem::Format(error.to_string()))?;
    let version = text(bytes, "keras_version")?;
    let whole = json!({ "model_config": config, "keras_version": version });
    let (_, graph) = model(&whole, registry)?;
    let layers = by_layer(bytes)?.unwrap_or_default();
    let tensors = weights::by_layers(&layers, &graph, true);
    let order = names_in_order(&model_graph::config::write(&graph), &graph);
    let has_training = text(bytes, "training_config").map_or(true, |text| text.is_some());
    let document = json!({ "keras_version": version, "training_config": has_training });
    Ok(Content { document, tensors, origin: Origin::Keras { graph: graph.into(), order } })
}

/// A text that stands beside the weights.
pub(in crate::file) fn text<'b>(bytes: &'b [u8], name: &str) -> Result<Option<&'b str>, FileProblem> {
    let root = hdf5::open(bytes).map_err(KerasProblem::from)?;
    let found = root.attribute(name).and_then(|found| found.map(|found| found.text()).transpose());
    Ok(found.map_err(KerasProblem::from)?)
}
