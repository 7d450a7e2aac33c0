//! The order in which Keras lists the layers of a model, in summaries and drawings: by depth, that is by their distance from the outputs.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::depth::{Call, Depths, depths};
use crate::graph::{Graph, LayerId, Node, Source, TensorId};

/// A row of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Row {
    /// An input.
    Input(usize),
    /// A layer.
    Layer(LayerId),
    /// A layer as it is called for each step of a sequence, by the name that goes by.
    Steps(LayerId),
}

impl Row {
    /// The row of a call.
    pub(crate) const fn of(node: &Node) -> Self {
        if node.manner.is_for_each_step() { Self::Steps(node.layer) } else { Self::Layer(node.layer) }
    }
}

/// The list of a model's inputs and layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The inputs and layers; those that no output depends on come last.
    pub rows: Vec<Row>,
    /// Whether each takes what the one before it gives, and nothing else.
    pub is_sequence: bool,
}

/// Lists the inputs and layers of a flat graph.
#[must_use]
pub fn order(graph: &Graph) -> Order {
    let inputs = (0..graph.inputs.len()).map(Row::Input);
    let (mut all, mut places): (Vec<Row>, HashMap<Row, usize>) = (Vec::new(), HashMap::new());
    for row in inputs.clone().chain(graph.nodes.iter().map(Row::of)) {
        places.entry(row).or_insert_with(|| {
            all.push(row);
            all.len() - 1
        });
    }
    let calls = calls(graph, &places);
    let outputs: Vec<usize> = graph.outputs.iter().filter_map(|port| made_by(graph, port.tensor)).collect();
    let found = depths(&calls, all.len(), &outputs);
    let is_sequence = graph.is_code || is_sequence(graph, &calls, &found);
    let (mut rows, unused): (Vec<usize>, Vec<usize>) =
        (0..all.len()).partition(|&row| found.layers[row].is_some() || matches!(all[row], Row::Input(_)));
    rows.sort_by_key(|&row| (Reverse(found.layers[row].unwrap_or(0)), found.met[row]));
    let mut rows: Vec<Row> = rows.into_iter().chain(unused).map(|row| all[row]).collect();
    // What plain code calls, in the order in which it holds it.
    let held = 0..if graph.is_code { graph.layers.len() } else { 0 };
    rows.extend(held.map(|layer| Row::Layer(LayerId(layer))));
    Order { rows, is_sequence }
}

/// What makes a tensor: the number of an input, or behind all inputs that of a call.
fn made_by(graph: &Graph, tensor: TensorId) -> Option<usize> {
    match graph.tensors.get(tensor.0)?.source {
        Source::Input(input) => Some(input),
        Source::Node(node, _) => Some(graph.inputs.len() + node.0),
        Source::Code => None,
    }
}

/// The inputs, and behind them the calls, by the places of their rows.
fn calls(graph: &Graph, places: &HashMap<Row, usize>) -> Vec<Call> {
    let place = |row: Row| places.get(&row).copied().unwrap_or_default();
    let inputs = (0..graph.inputs.len()).map(|input| Call { layer: place(Row::Input(input)), inputs: Vec::new() });
    let taken = |node: &Node| node.inputs.iter().filter_map(|&input| made_by(graph, input)).collect();
    inputs.chain(graph.nodes.iter().map(|node| Call { layer: place(Row::of(node)), inputs: taken(node) })).collect()
}

/// Whether each call takes what the one before it gives, and nothing else, and each is another layer's.
fn is_sequence(graph: &Graph, calls: &[Call], depths: &Depths) -> bool {
    let of_rows = depths.layers.iter().flatten().count();
    let has_one_a_depth = depths.run.windows(2).all(|pair| depths.calls[pair[0]] != depths.calls[pair[1]]);
    let has_one_input = depths.run.iter().all(|&call| calls[call].inputs.len() <= 1);
    has_one_a_depth && has_one_input && of_rows == depths.run.len() && graph.inputs.len() == 1
}
