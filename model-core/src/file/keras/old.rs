//! Whole models in `.h5` files, as Keras 1 and 2 save them: an attribute with the configuration beside the weights.

use model_exchange::hdf5;
use model_exchange::keras::by_layer;
use model_graph::custom::Registry;
use serde_json::{Value, json};

use super::{model, names_in_order, weights};
use crate::file::FileProblem;
use crate::file::content::{Content, Origin};

/// The content of a file with a whole model. How it was trained is not read.
pub(in crate::file) fn read<'b>(bytes: &'b [u8], registry: &Registry) -> Result<Content<'b>, FileProblem> {
    let root = hdf5::open(bytes).map_err(model_exchange::keras::KerasProblem::from)?;
    let text = |name: &str| root.attribute(name).and_then(|found| found.map(|found| found.text()).transpose());
    let text = |name: &str| text(name).map_err(model_exchange::keras::KerasProblem::from);
    let config = text("model_config")?.ok_or(FileProblem::WeightsAlone)?;
    let config: Value = serde_json::from_str(config).map_err(|error| FileProblem::Format(error.to_string()))?;
    let whole = json!({ "model_config": config, "keras_version": text("keras_version")? });
    let (_, graph) = model(&whole, registry)?;
    let layers = by_layer(bytes)?.unwrap_or_default();
    let tensors = weights::by_layers(&layers, &graph, true);
    let order = names_in_order(&model_graph::config::write(&graph), &graph);
    Ok(Content { document: Value::Null, tensors, origin: Origin::Keras { graph: graph.into(), order } })
}
