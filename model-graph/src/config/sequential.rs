//! A sequential model: layers one after the other.

use serde_json::Value;

use super::error::{ConfigError, ConfigProblem};
use super::functional::check_names;
use super::layer::{self, Made};
use super::read::{Model, Reading};
use crate::dim::Dim;
use crate::graph::{Graph, TensorId};
use crate::shape::TensorType;

/// Reads the configuration of a sequential model.
pub(super) fn read(document: &Value, config: &Value, name: &str, reading: Reading<'_>) -> Result<Model, ConfigError> {
    let mut graph = Graph::new(name);
    let mut tensor: Option<TensorId> = None;
    let mut last = "";
    for layer in layer::layers(config)? {
        last = layer::name(layer)?;
        tensor = Some(add(&mut graph, tensor, last, layer, (document, config), reading).map_err(|error| error.within(last))?);
    }
    let output = tensor.ok_or(ConfigProblem::Missing { key: "layers", expected: "at least one layer" })?;
    graph.output(last, output);
    check_names(&graph)?;
    Ok(Model { graph, outputs: vec![0] })
}

/// Adds a layer behind the others, or the input where it is the first.
fn add(
    graph: &mut Graph,
    before: Option<TensorId>,
    name: &str,
    layer: &Value,
    model: (&Value, &Value),
    reading: Reading<'_>,
) -> Result<TensorId, ConfigError> {
    let callable = match (layer::read(layer, reading)?, before) {
        (Made::Input(ty), None) => return Ok(graph.input(name, ty)),
        (Made::Input(_), Some(_)) => return Err(ConfigProblem::Duplicate("InputLayer".to_owned()).into()),
        (Made::Layer(callable), _) => callable,
    };
    let before = match before {
        Some(tensor) => tensor,
        None => graph.input("input_layer", built_with(model)?),
    };
    let id = graph.layer(callable.kind, Some(name.to_owned()));
    if let Some(node) = graph.layers.last_mut() {
        node.trainable = callable.trainable;
    }
    let outputs = graph.call(id, &[before]).map_err(|error| ConfigProblem::Call(Box::new(error)))?;
    match outputs.as_slice() {
        [output] => Ok(*output),
        several => Err(ConfigProblem::Several { found: several.len() }.into()),
    }
}

/// The type of the input of a model without an input layer: what it was built with.
fn built_with((document, config): (&Value, &Value)) -> Result<TensorType, ConfigError> {
    const KEY: &str = "build_input_shape";
    let built = || document.get("build_config").and_then(|built| built.get("input_shape"));
    let shape = config.get(KEY).filter(|shape| !shape.is_null()).or_else(built);
    let shape =
        shape.ok_or(ConfigProblem::Missing { key: KEY, expected: "the input's shape, since there is no `InputLayer`" })?;
    Ok(TensorType::f32(layer::batch_shape(KEY, shape, |axis| Dim::named(format!("input_{}", axis + 1)))?))
}
