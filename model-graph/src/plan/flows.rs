//! Where gradients flow: who contributes to which, in which order, and for how long each is needed.

use super::Place;
use super::planner::Planner;
use super::slots::{Stretch, Value};
use crate::graph::{NodeId, Source, TensorId};
use crate::layer::Memory;

/// Contributions to the gradients of roots.
pub struct Flows {
    /// For each call, those of its inputs.
    pub nodes: Vec<Vec<RootFlow>>,
    /// For each call, those of its outputs whose gradient nobody contributes to.
    pub zeros: Vec<Vec<TensorId>>,
    /// Those of the outputs that are copied.
    pub copies: Vec<RootFlow>,
}

/// A contribution to the gradient of a root.
#[derive(Clone)]
pub struct RootFlow {
    /// The root.
    pub root: TensorId,
    /// Whether it is the first.
    pub first: bool,
    /// Where it lies first, because the call has the tensor twice.
    pub twice: Option<Value>,
    /// Whether no weight lies before it.
    pub only_for_inputs: bool,
}

impl Planner<'_> {
    /// Which tensors depend on a weight.
    pub fn has_weights_before(&self) -> Vec<bool> {
        let mut weights = vec![false; self.graph.tensors.len()];
        for node in &self.graph.nodes {
            let own = self.graph.layers[node.layer.0].has_weights_to_train();
            let any = own || node.inputs.iter().any(|input| weights[input.0]);
            node.outputs.iter().for_each(|output| weights[output.0] = any);
        }
        weights
    }

    /// Who contributes to which gradient, and when each gradient is needed.
    pub fn flows(&self) -> (Flows, Vec<(Value, Stretch)>) {
        let weights = self.has_weights_before();
        let mut stretches: Vec<(Value, Stretch)> = Vec::new();
        let mut seen = vec![false; self.graph.tensors.len()];
        let mut contribute = |root: TensorId, time: usize, memory: Memory| {
            let first = !std::mem::replace(&mut seen[root.0], true);
            if first && !self.fixed.contains_key(&root) {
                let Source::Node(producer, _) = self.graph.tensors[root.0].source else { return first };
                stretches.push((Value::Gradient(root), Stretch { from: time, to: self.backward(producer.0), memory }));
            }
            first
        };
        let middle = self.graph.nodes.len();
        let flow = |root: TensorId, first: bool| RootFlow { root, first, twice: None, only_for_inputs: !weights[root.0] };
        let copies = self.copies.iter().map(|&(root, _)| flow(root, contribute(root, middle, self.memory(root)))).collect();
        let mut nodes = vec![Vec::new(); middle];
        let mut zeros = vec![Vec::new(); middle];
        let mut twice = Vec::new();
        for (id, node) in self.graph.nodes.iter().enumerate().rev().filter(|(_, node)| !self.is_view(node)) {
            let time = self.backward(id);
            for &output in &node.outputs {
                let is_output = matches!(self.fixed.get(&output), Some(Place::Output(_)));
                if !is_output && contribute(output, time, self.memory(output)) {
                    zeros[id].push(output);
                }
            }
            for (i, input) in node.inputs.iter().enumerate() {
                let root = self.roots[input.0];
                let mut flow = flow(root, contribute(root, time, self.memory(root)));
                if node.inputs[..i].iter().any(|other| self.roots[other.0] == root) {
                    let value = Value::Twice(NodeId(id), i);
                    twice.push((value, Stretch { from: time, to: time, memory: self.memory(root) }));
                    flow.twice = Some(value);
                }
                nodes[id].push(flow);
            }
        }
        stretches.extend(twice);
        (Flows { nodes, zeros, copies }, stretches)
    }
}
