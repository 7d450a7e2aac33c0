//! A sequential model: layers one after the other.

use serde_json::Value;

use super::error::{ConfigError, ConfigProblem};
use super::functional::check_names;
use super::integers;
use super::layer::{self, Made};
use super::read::{Model, Reading};
use crate::dim::Dim;
use crate::graph::{Graph, TensorId};
use crate::shape::{DType, TensorType};

/// Reads the configuration of a sequential model. Where its first layer looks numbers up, its input is of integers, whatever its type says.
pub(super) fn read(document: &Value, config: &Value, name: &str, reading: Reading<'_>) -> Result<Model, ConfigError> {
    match read_as(None, document, config, name, reading) {
        Err((error, true)) => read_as(Some(DType::I32), document, config, name, reading).map_err(|_| error),
        read => read.map_err(|(error, _)| error),
    }
}

/// Reads it with an input of this type, or of its own. The error tells whether an input of integers may mend it.
fn read_as(
    dtype: Option<DType>,
    document: &Value,
    config: &Value,
    name: &str,
    reading: Reading<'_>,
) -> Result<Model, (ConfigError, bool)> {
    let mut graph = Graph::new(name);
    let mut tensor: Option<TensorId> = None;
    let mut last = "";
    let alone = |error: ConfigError| (error, false);
    for layer in layer::layers(config).map_err(alone)? {
        last = layer::name(layer).map_err(alone)?;
        let added = add(&mut graph, tensor, last, layer, Whole { document, config, dtype }, reading);
        tensor = Some(added.map_err(|(error, wants_integers)| (error.within(last), wants_integers))?);
    }
    finish(graph, tensor, last).map_err(alone)
}

/// What a layer of a sequence is added by: the model's document and configuration, and the type that its input is taken to have.
#[derive(Clone, Copy)]
struct Whole<'v> {
    document: &'v Value,
    config: &'v Value,
    dtype: Option<DType>,
}

fn finish(mut graph: Graph, tensor: Option<TensorId>, last: &str) -> Result<Model, ConfigError> {
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
    whole: Whole<'_>,
    reading: Reading<'_>,
) -> Result<TensorId, (ConfigError, bool)> {
    let alone = |error: ConfigError| (error, false);
    let typed = |ty: TensorType| TensorType { dtype: whole.dtype.unwrap_or(ty.dtype), ..ty };
    let callable = match (layer::read(layer, reading).map_err(alone)?, before) {
        (Made::Input(ty), None) => return Ok(graph.input(name, typed(ty))),
        (Made::Input(_), Some(_)) => return Err(alone(ConfigProblem::Duplicate("InputLayer".to_owned()).into())),
        (Made::Layer(callable), _) => callable,
    };
    let before = match before {
        Some(tensor) => tensor,
        None => graph.input("input_layer", typed(built_with(whole.document, whole.config).map_err(alone)?)),
    };
    let id = graph.layer(callable.kind, Some(name.to_owned()));
    if let Some(node) = graph.layers.last_mut() {
        node.trainable = callable.trainable;
    }
    let outputs = graph.call(id, &[before]).map_err(|error| {
        let wants_integers = !integers::wanted(graph, &[before], &error).is_empty();
        (ConfigProblem::Call(Box::new(error)).into(), wants_integers)
    })?;
    match outputs.as_slice() {
        [output] => Ok(*output),
        several => Err(alone(ConfigProblem::Several { found: several.len() }.into())),
    }
}

/// The type of the input of a model without an input layer: what it was built with.
fn built_with(document: &Value, config: &Value) -> Result<TensorType, ConfigError> {
    const KEY: &str = "build_input_shape";
    let built = || document.get("build_config").and_then(|built| built.get("input_shape"));
    let shape = config.get(KEY).filter(|shape| !shape.is_null()).or_else(built);
    let shape =
        shape.ok_or(ConfigProblem::Missing { key: KEY, expected: "the input's shape, since there is no `InputLayer`" })?;
    Ok(TensorType::f32(layer::batch_shape(KEY, shape, |axis| Dim::named(format!("input_{}", axis + 1)))?))
}
