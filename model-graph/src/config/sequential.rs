//! A sequential model: layers one after the other.

use serde_json::Value;

use super::error::{ConfigError, ConfigProblem};
use super::functional::check_names;
use super::integers;
use super::layer::{self, Callable, Made};
use super::read::{Calls, Model, Reading};
use crate::dim::Dim;
use crate::graph::{Graph, TensorId};
use crate::shape::{DType, TensorType};

/// Reads the configuration of a sequential model. Where its first layer looks numbers up, its input is of integers, whatever its type says.
pub(super) fn read(document: &Value, config: &Value, name: &str, reading: Reading<'_>) -> Result<Model, ConfigError> {
    let layers: Vec<(&str, Made)> = layer::layers(config)?
        .iter()
        .map(|layer| {
            let name = layer::name(layer)?;
            layer::read(layer, reading).map(|made| (name, made)).map_err(|error| error.within(name))
        })
        .collect::<Result<_, ConfigError>>()?;
    let input = || built_with(document, config);
    let graph = match graph(name, &layers, &input, None) {
        Err((error, true)) => graph(name, &layers, &input, Some(DType::I32)).map_err(|_| error),
        made => made.map_err(|(error, _)| error),
    };
    Ok(Model { graph: graph?, outputs: vec![0] })
}

/// Makes the graph with an input of this type, or of its own. The error tells whether an input of integers may mend it.
fn graph(
    name: &str,
    layers: &[(&str, Made)],
    input: &impl Fn() -> Result<TensorType, ConfigError>,
    dtype: Option<DType>,
) -> Result<Graph, (ConfigError, bool)> {
    let alone = |error: ConfigError| (error, false);
    let typed = |ty: TensorType| TensorType { dtype: dtype.unwrap_or(ty.dtype), ..ty };
    let (mut graph, mut tensor, mut calls) = (Graph::new(name), None, Calls::default());
    for (name, made) in layers {
        let within = |(error, wants_integers): (ConfigError, bool)| (error.within(name), wants_integers);
        let output = match (made, tensor) {
            (Made::Input(ty), None) => graph.input(*name, typed(ty.clone())),
            (Made::Input(_), Some(_)) => {
                return Err(within(alone(ConfigProblem::Duplicate("InputLayer".to_owned()).into())));
            }
            (Made::Layer(callable), before) => {
                calls.add(&callable.kind).map_err(|error| within(alone(error)))?;
                let before = match before {
                    Some(before) => before,
                    None => graph.input("input_layer", typed(input().map_err(|error| within(alone(error)))?)),
                };
                add(&mut graph, before, name, callable).map_err(within)?
            }
        };
        tensor = Some(output);
    }
    let missing = || alone(ConfigProblem::Missing { key: "layers", expected: "at least one layer" }.into());
    let (last, output) = (layers.last().map_or("", |(name, _)| name), tensor.ok_or_else(missing)?);
    graph.output(last, output);
    check_names(&graph).map_err(alone)?;
    Ok(graph)
}

/// Adds a layer behind the others.
fn add(graph: &mut Graph, before: TensorId, name: &str, callable: &Callable) -> Result<TensorId, (ConfigError, bool)> {
    let id = graph.layer(callable.kind.clone(), Some(name.to_owned()));
    if let Some(node) = graph.layers.last_mut() {
        node.trainable = callable.trainable;
    }
    let outputs = graph.call(id, &[before]).map_err(|error| {
        let wants_integers = !integers::wanted(graph, &[before], &error).is_empty();
        (ConfigProblem::Call(Box::new(error)).into(), wants_integers)
    })?;
    match outputs.as_slice() {
        [output] => Ok(*output),
        several => Err((ConfigProblem::Several { found: several.len() }.into(), false)),
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
