//! What TensorFlow.js calls weights: by the innermost layer, without the models around it, and with names of its own for some.

use model_graph::graph::{Graph, Kind, LayerNode};
use model_graph::layer::WeightSpec;

/// A weight of a graph, with what a file may call it.
pub(super) struct Named {
    /// Its path in the graph.
    pub path: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// The names that it may have, what TensorFlow.js calls it first.
    pub names: Vec<String>,
}

/// The weights of a graph in its order.
pub(super) fn of(graph: &Graph) -> Vec<Named> {
    let mut found = Vec::new();
    collect(graph, "", &mut found);
    found
}

fn collect(graph: &Graph, prefix: &str, found: &mut Vec<Named>) {
    for layer in &graph.layers {
        match &layer.kind {
            Kind::Layer(_) => found.extend(layer.weights.iter().map(|spec| named(layer, spec, prefix))),
            Kind::Model(inner) | Kind::Block(inner) => collect(inner, &format!("{prefix}{}/", layer.name()), found),
        }
    }
}

fn named(layer: &LayerNode, spec: &WeightSpec, prefix: &str) -> Named {
    let name = layer.name();
    let (inner, leaf) = spec.name.rsplit_once('/').map_or((None, &*spec.name), |(inner, leaf)| (Some(inner), leaf));
    let leaf = if layer.kind.class().starts_with("DepthwiseConv") && leaf == "kernel" { "depthwise_kernel" } else { leaf };
    let wrapped = inner.map(|inner| format!("{name}/{inner}/{leaf}"));
    let short = format!("{name}/{leaf}");
    // The two directions of a `Bidirectional` are told apart by their names; what a `TimeDistributed` holds has its own name nowhere.
    let own = match (layer.kind.class(), wrapped) {
        ("Bidirectional", Some(wrapped)) => vec![wrapped],
        (_, Some(wrapped)) => vec![short, wrapped],
        (_, None) => vec![short],
    };
    let outer = own.iter().map(|own| format!("{prefix}{own}")).collect::<Vec<_>>();
    let outer = outer.into_iter().filter(|_| !prefix.is_empty());
    let names = own.iter().cloned().chain(outer).collect();
    Named { path: format!("{prefix}{name}/{}", spec.name), shape: spec.sizes(), names }
}

/// A name without the cell's, which TensorFlow puts before that of a recurrent layer's weight.
pub(super) fn without_cell(name: &str) -> Option<String> {
    let (before, leaf) = name.rsplit_once('/')?;
    let (layer, _) = before.rsplit_once('/')?;
    Some(format!("{layer}/{leaf}"))
}
