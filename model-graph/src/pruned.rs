//! A graph without what no output depends on, inside its blocks too, as Keras has it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::graph::{Graph, Kind, LayerId, LayerNode, Node, NodeId, Source};

/// What becomes of a block when some of its outputs are dropped: the graph, and which of its inputs it still needs.
type Narrowed = (Arc<Graph>, Vec<bool>);

impl Graph {
    /// This graph without the calls that no output depends on, and its blocks without the inputs and outputs that nothing needs.
    #[must_use]
    pub fn pruned(self) -> Self {
        let outputs = vec![true; self.outputs.len()];
        Pruning::default().prune(self, &outputs).0
    }
}

/// The blocks that have been pruned, by their places in memory and the outputs that are needed: those that were one stay one.
#[derive(Default)]
struct Pruning(Vec<(Arc<Graph>, Vec<bool>, Narrowed)>);

impl Pruning {
    /// A graph with some of its outputs, and which of its inputs they depend on.
    fn prune(&mut self, mut graph: Graph, outputs: &[bool]) -> (Graph, Vec<bool>) {
        graph.outputs = kept(&graph.outputs, outputs);
        let mut live = vec![false; graph.tensors.len()];
        graph.outputs.iter().for_each(|port| live[port.tensor.0] = true);
        let mut nodes = Vec::new();
        for (id, mut node) in std::mem::take(&mut graph.nodes).into_iter().enumerate().rev() {
            let needed: Vec<bool> = node.outputs.iter().map(|output| live[output.0]).collect();
            if !needed.contains(&true) {
                continue;
            }
            self.narrow(&mut node, &mut graph.layers, &needed);
            node.inputs.iter().for_each(|input| live[input.0] = true);
            nodes.push((id, node));
        }
        nodes.reverse();
        renumber(&mut graph, nodes);
        let inputs = graph.inputs.iter().map(|port| live[port.tensor.0]).collect();
        (graph, inputs)
    }

    /// Takes from a block's call what nothing needs. Every call of a block is a layer of its own.
    fn narrow(&mut self, node: &mut Node, layers: &mut [LayerNode], needed: &[bool]) {
        let LayerNode { kind, built, .. } = &mut layers[node.layer.0];
        let Kind::Block(block) = kind else { return };
        let (narrowed, inputs) = self.block(block, needed);
        *block = narrowed;
        node.inputs = kept(&node.inputs, &inputs);
        node.outputs = kept(&node.outputs, needed);
        if let Some(built) = built {
            *built = kept(built, &inputs);
        }
    }

    fn block(&mut self, block: &Arc<Graph>, outputs: &[bool]) -> Narrowed {
        let is_it = |(known, needed, _): &&(Arc<Graph>, Vec<bool>, Narrowed)| Arc::ptr_eq(known, block) && needed == outputs;
        if let Some((_, _, narrowed)) = self.0.iter().find(is_it) {
            return narrowed.clone();
        }
        let (mut graph, inputs) = self.prune((**block).clone(), outputs);
        graph.inputs = kept(&graph.inputs, &inputs);
        for (i, port) in graph.inputs.iter().enumerate() {
            graph.tensors[port.tensor.0].source = Source::Input(i);
        }
        let narrowed = (if graph == **block { block.clone() } else { Arc::new(graph) }, inputs);
        self.0.push((block.clone(), outputs.to_vec(), narrowed.clone()));
        narrowed
    }
}

/// The items that are marked.
fn kept<T: Clone>(items: &[T], marks: &[bool]) -> Vec<T> {
    items.iter().zip(marks).filter(|(_, mark)| **mark).map(|(item, _)| item.clone()).collect()
}

/// Gives a graph these calls, and says of the layers without any that they are not built.
fn renumber(graph: &mut Graph, nodes: Vec<(usize, Node)>) {
    let mut calls: HashMap<LayerId, usize> = HashMap::new();
    let mut became: HashMap<usize, NodeId> = HashMap::new();
    for (before, mut node) in nodes {
        let id = NodeId(graph.nodes.len());
        became.insert(before, id);
        for (i, output) in node.outputs.iter().enumerate() {
            graph.tensors[output.0].source = Source::Node(id, i);
        }
        let count = calls.entry(node.layer).or_insert(0);
        node.call = *count;
        *count += 1;
        graph.nodes.push(node);
    }
    graph.ended.retain_mut(|ended| became.get(&ended.at.0).inspect(|at| ended.at = **at).is_some());
    for (i, layer) in graph.layers.iter_mut().enumerate() {
        if !calls.contains_key(&LayerId(i)) {
            layer.built = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::graph::TensorId;
    use crate::layers::Class;
    use crate::shape::{DType, Shape, TensorType};

    fn vector(size: usize) -> TensorType {
        TensorType { dtype: DType::F32, shape: Shape::from([size].as_slice()) }
    }

    fn dense(graph: &mut Graph, units: usize, input: TensorId) -> TensorId {
        let arguments = json!({ "units": units });
        let layer = Class::find("Dense").unwrap().read(arguments.as_object().unwrap()).unwrap();
        let layer = graph.layer(layer, None);
        graph.call(layer, &[input]).unwrap()[0]
    }

    /// `(Dense(2)(a), Dense(3)(b))`
    fn two() -> Arc<Graph> {
        let mut block = Graph::new("two");
        let (a, b) = (block.input("a", vector(4)), block.input("b", vector(5)));
        let (left, right) = (dense(&mut block, 2, a), dense(&mut block, 3, b));
        block.output("0", left);
        block.output("1", right);
        Arc::new(block)
    }

    #[test]
    fn what_feeds_a_result_that_nobody_uses_is_dropped() {
        let mut graph = Graph::new("model");
        let x = graph.input("x", vector(4));
        let unused = dense(&mut graph, 5, x);
        let block = two();
        let first = graph.layer(Kind::Block(block.clone()), None);
        let second = graph.layer(Kind::Block(block), None);
        let (left, _) = {
            let outputs = graph.call(first, &[x, unused]).unwrap();
            (outputs[0], outputs[1])
        };
        let right = graph.call(second, &[x, unused]).unwrap()[0];
        graph.output("left", left);
        graph.output("right", right);
        let pruned = graph.pruned();
        assert_eq!(pruned.nodes.len(), 2);
        assert_eq!(pruned.parameters().total.size(), Some(2 * (4 * 2 + 2)));
        let blocks: Vec<&Arc<Graph>> = pruned
            .layers
            .iter()
            .filter_map(|layer| if let Kind::Block(block) = &layer.kind { Some(block) } else { None })
            .collect();
        assert!(Arc::ptr_eq(blocks[0], blocks[1]), "calls that need the same share one block");
        assert_eq!((blocks[0].inputs.len(), blocks[0].outputs.len()), (1, 1));
        assert_eq!(pruned.flat().unwrap().parameters().total.size(), Some(20));
    }

    #[test]
    fn what_is_needed_stays_as_it_is() {
        let mut graph = Graph::new("model");
        let (x, y) = (graph.input("x", vector(4)), graph.input("y", vector(5)));
        let block = graph.layer(Kind::Block(two()), None);
        let outputs = graph.call(block, &[x, y]).unwrap();
        graph.output("a", outputs[0]);
        graph.output("b", outputs[1]);
        assert_eq!(graph.clone().pruned(), graph);
    }
}
