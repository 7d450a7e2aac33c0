//! `summary`: the table of a model's layers, as Keras prints it.

use std::path::PathBuf;

use functional_model::Graph;
use functional_model::graph::{Node, Source, TensorId};
use functional_model::network::Network;
use serde_json::{Value, json};

use crate::answer::{Answer, Result};
use crate::open;
use crate::output::Output;

/// Prints the layers of a model with their shapes and parameters.
#[derive(clap::Args)]
#[command(after_help = "Example: functional-model summary net.keras")]
pub struct Arguments {
    /// The model's file.
    model: PathBuf,
}

pub fn run(arguments: &Arguments, output: Output) -> Result {
    let model = open::model(&arguments.model)?;
    output.show(|| model.summary(), || describe(model.graph()))?;
    Ok(Answer::Yes)
}

/// The graph as the table shows it.
fn describe(graph: &Graph) -> Value {
    let graph = &*graph.shown();
    let inputs = graph.own_inputs().iter().map(|port| json!({ "name": port.name, "shape": shape(graph, port.tensor) }));
    let outputs = graph.own_outputs().iter().map(|port| json!({ "name": port.name, "shape": shape(graph, port.tensor) }));
    let mut layers: Vec<(&str, Value)> = Vec::new();
    for node in &graph.nodes {
        let Some(layer) = graph.layers.get(node.layer.0) else { continue };
        let (name, inbound) = (layer.called(node.manner), inbound(graph, node));
        match layers.iter_mut().find(|(other, _)| *other == name) {
            // A shared layer: one list of inputs a call.
            Some((_, layer)) => layer["inbound"].as_array_mut().into_iter().for_each(|calls| calls.push(inbound.clone())),
            None => {
                let shapes: Vec<Value> = node.outputs.iter().map(|&tensor| shape(graph, tensor)).collect();
                let described = json!({
                    "name": name,
                    "class": layer.kind.class(),
                    "output_shapes": shapes,
                    "parameters": layer.parameters().total.size(),
                    "trainable": layer.trainable,
                    "inbound": [inbound],
                });
                layers.push((name, described));
            }
        }
    }
    let parameters = graph.parameters();
    json!({
        "name": graph.name,
        "inputs": inputs.collect::<Vec<_>>(),
        "outputs": outputs.collect::<Vec<_>>(),
        "layers": layers.into_iter().map(|(_, layer)| layer).collect::<Vec<_>>(),
        "parameters": parameters.total.size(),
        "trainable_parameters": parameters.trainable.size(),
    })
}

/// The shape of a tensor: null for the batch, and a dimension without a size by its name.
fn shape(graph: &Graph, tensor: TensorId) -> Value {
    let sizes = graph.ty(tensor).shape.0.iter().map(|dim| dim.size().map_or_else(|| dim.to_string().into(), Value::from));
    std::iter::once(Value::Null).chain(sizes).collect()
}

/// The names of what a call is given.
fn inbound(graph: &Graph, node: &Node) -> Value {
    let name = |&tensor: &TensorId| match graph.tensors.get(tensor.0)?.source {
        Source::Input(input) => graph.inputs.get(input).map(|port| port.name.clone()),
        Source::Node(from, _) => {
            let from = graph.nodes.get(from.0)?;
            Some(graph.layers.get(from.layer.0)?.called(from.manner).to_owned())
        }
        Source::Code => None,
    };
    node.inputs.iter().filter_map(name).collect()
}
