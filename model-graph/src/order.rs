//! The order in which Keras lists the layers of a model, in summaries and drawings: by depth, that is by their distance from the outputs.
//!
//! Source: `keras.src.ops.function.map_graph`.

use std::collections::{HashMap, HashSet};

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

/// What makes a tensor: an input, or a call by its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    Input(usize),
    Call(usize),
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
    let (steps, indices) = traverse(graph);
    let (steps_depths, rows_depths) = depths(graph, &steps);
    let is_sequence = graph.is_code || is_sequence(graph, &steps_depths, &rows_depths);
    let mut rows: Vec<Row> = indices.keys().copied().collect();
    let unused = (0..graph.inputs.len()).map(Row::Input).filter(|row| !indices.contains_key(row));
    rows.extend(unused);
    rows.sort_by_key(|row| {
        let depth = rows_depths.get(row).copied().unwrap_or(0);
        (std::cmp::Reverse(depth), indices.get(row).map(|&index| index + 1), input_of(*row))
    });
    let mut seen: HashSet<Row> = indices.keys().copied().collect();
    rows.extend(graph.nodes.iter().map(Row::of).filter(|row| seen.insert(*row)));
    // What plain code calls, in the order in which it holds it.
    let held = 0..if graph.is_code { graph.layers.len() } else { 0 };
    rows.extend(held.map(|layer| Row::Layer(LayerId(layer))));
    Order { rows, is_sequence }
}

fn input_of(row: Row) -> Option<usize> {
    match row {
        Row::Input(input) => Some(input),
        Row::Layer(_) | Row::Steps(_) => None,
    }
}

fn source(graph: &Graph, tensor: TensorId) -> Option<Step> {
    graph.tensors.get(tensor.0).and_then(|tensor| match tensor.source {
        Source::Input(input) => Some(Step::Input(input)),
        Source::Node(node, _) => Some(Step::Call(node.0)),
        Source::Code => None,
    })
}

fn inputs(graph: &Graph, step: Step) -> &[TensorId] {
    match step {
        Step::Input(_) => &[],
        Step::Call(call) => graph.nodes.get(call).map_or(&[], |node| &node.inputs),
    }
}

fn row(graph: &Graph, step: Step) -> Option<Row> {
    match step {
        Step::Input(input) => Some(Row::Input(input)),
        Step::Call(call) => graph.nodes.get(call).map(Row::of),
    }
}

/// Walks from the outputs to the inputs: the calls, each after those that it depends on, and when each row was first met.
fn traverse(graph: &Graph) -> (Vec<Step>, HashMap<Row, usize>) {
    let (mut finished, mut indices, mut met) = (Vec::new(), HashMap::new(), HashMap::<Step, ()>::new());
    for port in &graph.outputs {
        let mut path: Vec<(Step, usize)> = source(graph, port.tensor).map(|step| (step, 0)).into_iter().collect();
        while let Some((step, next)) = path.last_mut() {
            if *next == 0 {
                if met.insert(*step, ()).is_some() {
                    path.pop();
                    continue;
                }
                let index = indices.len();
                row(graph, *step).map(|row| indices.entry(row).or_insert(index));
            }
            let input = inputs(graph, *step).get(*next).and_then(|&input| source(graph, input));
            *next += 1;
            match input {
                Some(input) if !met.contains_key(&input) => path.push((input, 0)),
                Some(_) => {}
                None => finished.extend(path.pop().map(|(step, _)| step)),
            }
        }
    }
    (finished, indices)
}

/// The distance of each call from the outputs, and of each row, whose calls all get the greatest of their depths so far.
fn depths(graph: &Graph, steps: &[Step]) -> (HashMap<Step, usize>, HashMap<Row, usize>) {
    let (mut of_steps, mut of_rows) = (HashMap::<Step, usize>::new(), HashMap::<Row, usize>::new());
    for &step in steps.iter().rev() {
        let mut depth = of_steps.get(&step).copied().unwrap_or(0);
        if let Some(row) = row(graph, step) {
            let of_row = of_rows.entry(row).or_insert(0);
            depth = depth.max(*of_row);
            *of_row = depth;
        }
        of_steps.insert(step, depth);
        for before in inputs(graph, step).iter().filter_map(|&input| source(graph, input)) {
            let of_before = of_steps.entry(before).or_insert(0);
            *of_before = (*of_before).max(depth + 1);
        }
    }
    (of_steps, of_rows)
}

fn is_sequence(graph: &Graph, steps: &HashMap<Step, usize>, rows: &HashMap<Row, usize>) -> bool {
    let mut depths: Vec<usize> = steps.values().copied().collect();
    depths.sort_unstable();
    let has_one_a_depth = depths.windows(2).all(|pair| pair.first() != pair.last());
    let has_one_input = steps.keys().all(|&step| inputs(graph, step).len() <= 1);
    has_one_a_depth && has_one_input && rows.len() == steps.len() && graph.inputs.len() == 1
}
