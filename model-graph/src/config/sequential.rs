//! A sequential model: layers one after the other.

use serde_json::Value;

use super::error::{ConfigError, ConfigProblem};
use super::functional::{check_names, give_out_masks};
use super::integers::{self, Fault};
use super::layer::{self, Callable, Made};
use super::read::{Model, Reading};
use crate::constants::Equation;
use crate::dim::Dim;
use crate::graph::{Graph, Kind, TensorId};
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
    let graph = graph(name, &layers, &input, None, reading).or_else(|Fault { error, integers }| match integers.is_empty() {
        true => Err(error),
        false => graph(name, &layers, &input, Some(DType::I32), reading).map_err(|_| error),
    });
    Ok(Model { graph: graph?, outputs: vec![0] })
}

/// Makes the graph with an input of this type, or of its own.
fn graph(
    name: &str,
    layers: &[(&str, Made)],
    input: &impl Fn() -> Result<TensorType, ConfigError>,
    dtype: Option<DType>,
    reading: Reading<'_>,
) -> Result<Graph, Fault> {
    let typed = |ty: TensorType| TensorType { dtype: dtype.unwrap_or(ty.dtype), ..ty };
    let (mut graph, mut tensor) = (Graph::new(name), None);
    for (name, made) in layers {
        let mut added = || match (made, tensor) {
            (Made::Input(ty), None) => Ok(graph.input(*name, typed(ty.clone()))),
            (Made::Input(_), Some(_)) => Err(ConfigProblem::Duplicate("InputLayer".to_owned()).into()),
            (Made::Layer(callable), before) => {
                reading.count(&callable.kind)?;
                let before = before.map_or_else(|| Ok(graph.input("input_layer", typed(input()?))), Ok::<_, Fault>)?;
                add(&mut graph, before, name, callable)
            }
        };
        tensor = Some(added().map_err(|fault: Fault| fault.within(name))?);
    }
    let output = tensor.ok_or(ConfigProblem::Missing { key: "layers", expected: "at least one layer" })?;
    graph.output(layers.last().map_or("", |(last, _)| last), output);
    check_names(&graph)?;
    give_out_masks(&mut graph)?;
    Ok(graph)
}

/// Adds a layer behind the others.
fn add(graph: &mut Graph, before: TensorId, name: &str, callable: &Callable) -> Result<TensorId, Fault> {
    let id = callable.add(graph, name, |_| false);
    let called = graph.call_assuming(id, &[before], callable.manner(), Equation::open);
    let outputs = called.map(|(outputs, _)| outputs).map_err(|error| {
        let integers = integers::wanted(graph, &[before], &error);
        Fault { error: ConfigProblem::Call(Box::new(error)).into(), integers }
    })?;
    let masks = if let Kind::Model(model) = &callable.kind { model.masked.len() } else { 0 };
    match outputs.get(..outputs.len().saturating_sub(masks)).unwrap_or_default() {
        [output] => Ok(*output),
        several => Err(ConfigProblem::Several { found: several.len() }.into()),
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
