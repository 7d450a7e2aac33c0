//! Whole models in `.h5` files, as Keras 1 and 2 save them: an attribute with the configuration beside the weights.

use model_exchange::keras::by_layer;
use model_exchange::{hdf5, legacy};
use serde_json::{Value, json};

use super::{names_in_order, weights};
use crate::custom::CustomObjects;
use crate::file::FileProblem;
use crate::file::content::Content;
use crate::interpret::flat;

/// The content of a file with a whole model. How it was trained is not read.
pub(in crate::file) fn read<'b>(bytes: &'b [u8], custom_objects: &CustomObjects) -> Result<Content<'b>, FileProblem> {
    let root = hdf5::open(bytes).map_err(model_exchange::keras::KerasProblem::from)?;
    let text = |name: &str| root.attribute(name).and_then(|found| found.map(|found| found.text()).transpose());
    let text = |name: &str| text(name).map_err(model_exchange::keras::KerasProblem::from);
    let config = text("model_config")?.ok_or(FileProblem::WeightsAlone)?;
    let config: Value = serde_json::from_str(config).map_err(|error| FileProblem::Format(error.to_string()))?;
    let whole = json!({ "model_config": config, "keras_version": text("keras_version")? });
    let registry = custom_objects.registry();
    let graph = flat(model_graph::config::read_with(&*legacy::modern(&whole, registry)?, registry)?)?;
    let layers = by_layer(bytes)?.unwrap_or_default();
    let tensors = weights::by_layers(&layers, &graph, true);
    let config = model_graph::config::write(&graph);
    let keras = Some(names_in_order(&config, &graph));
    Ok(Content { document: json!({ "config": config, "training": null }), tensors, keras })
}
