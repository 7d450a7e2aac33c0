//! What compiled models call: the parts of their functions that do not depend on the model.

use model_graph::{Graph, config};

use crate::error::{Error, Result};

/// The graph of a configuration that the macro has written.
///
/// # Panics
/// If it cannot be read, which a test of the writer excludes.
#[must_use]
pub fn graph(configuration: &str) -> Graph {
    config::from_json(configuration).expect("the macro writes configurations that can be read")
}

/// Compares a configuration with that of a compiled model.
///
/// # Errors
/// If it cannot be read, or describes another model.
pub fn check_config(model: &str, own: &str, configuration: &str) -> Result<()> {
    let fault = |expected: String, found: String| {
        Err(Error::Configuration { owner: model.to_owned(), key: "config".to_owned(), expected, found })
    };
    let given = match config::from_json(configuration) {
        Ok(given) => given,
        Err(error) => return fault("a functional model's configuration".to_owned(), error.to_string()),
    };
    difference(&graph(own), &given).map_or(Ok(()), |(expected, found)| fault(expected, found))
}

/// The first thing in which another graph differs, as both have it.
#[must_use]
pub fn difference(own: &Graph, other: &Graph) -> Option<(String, String)> {
    let describe = |graph: &Graph| -> Vec<String> {
        let inputs = graph.inputs.iter().map(|port| format!("input `{}` {}", port.name, graph.ty(port.tensor)));
        let calls = graph.nodes.iter().map(|node| {
            let layer = &graph.layers[node.layer.0];
            let from: Vec<&str> = node.inputs.iter().map(|input| graph.tensors[input.0].label.as_str()).collect();
            format!("`{}` = {}({})", layer.name(), layer.kind.source(), from.join(", "))
        });
        let outputs = graph.outputs.iter().map(|port| format!("output `{}` {}", port.name, graph.ty(port.tensor)));
        inputs.chain(calls).chain(outputs).collect()
    };
    let (own, other) = (describe(own), describe(other));
    let longest = own.len().max(other.len());
    let line = |lines: &[String], i: usize| lines.get(i).cloned().unwrap_or_else(|| "nothing more".to_owned());
    (0..longest).map(|i| (line(&own, i), line(&other, i))).find(|(own, other)| own != other)
}
