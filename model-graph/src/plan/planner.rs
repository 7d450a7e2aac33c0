//! How a plan is made from a graph.

use std::collections::{BTreeMap, HashMap};

use super::flows::RootFlow;
use super::slots::{Stretch, Taken, Value, assign};
use super::{Called, Capacity, Copy, Flow, Inference, NodePlan, Place, Plan, Plans, Slot};
use crate::graph::{Graph, Kind, Node, NodeId, TensorId};
use crate::layer::{Memory, Needs, Space};
use crate::shape::Shape;

/// What is known while a plan is made.
pub struct Planner<'g> {
    /// The graph.
    pub graph: &'g Graph,
    /// The tensor whose memory a tensor is in: views lie in what they view.
    pub roots: Vec<TensorId>,
    /// Where the roots lie that need no slot.
    pub fixed: HashMap<TensorId, Place>,
    /// The outputs that are copied, with their roots.
    pub copies: Vec<(TensorId, usize)>,
    needs: Vec<Needs>,
    children: BTreeMap<NodeId, Called>,
    calls_share: bool,
}

impl<'g> Planner<'g> {
    /// What follows from the graph at once, of a block if its calls share what is transient.
    pub fn new(graph: &'g Graph, calls_share: bool, plans: &mut Plans) -> Self {
        let children = plan_children(graph, plans);
        let (roots, fixed, copies, needs) = (Vec::new(), HashMap::new(), Vec::new(), Vec::new());
        let mut planner = Self { graph, roots, fixed, copies, needs, children, calls_share };
        planner.roots = planner.find_roots();
        planner.place_ports();
        planner.needs = graph.nodes.iter().map(|node| planner.needs_of(node)).collect();
        planner
    }

    /// Whether a call has nothing to compute.
    pub fn is_view(&self, node: &Node) -> bool {
        matches!(&self.graph.layers[node.layer.0].kind, Kind::Layer(layer) if layer.is_view())
    }

    fn has_statistics(&self, node: &Node) -> bool {
        self.graph.layers[node.layer.0].weights.iter().any(|weight| !weight.trainable)
    }

    fn find_roots(&self) -> Vec<TensorId> {
        let mut roots: Vec<TensorId> = (0..self.graph.tensors.len()).map(TensorId).collect();
        for node in self.graph.nodes.iter().filter(|node| self.is_view(node)) {
            roots[node.outputs[0].0] = roots[node.inputs[0].0];
        }
        roots
    }

    fn place_ports(&mut self) {
        for (i, port) in self.graph.inputs.iter().enumerate() {
            self.fixed.insert(port.tensor, Place::Input(i));
        }
        for (i, port) in self.graph.outputs.iter().enumerate() {
            let root = self.roots[port.tensor.0];
            match self.fixed.get(&root) {
                None => drop(self.fixed.insert(root, Place::Output(i))),
                Some(_) => self.copies.push((root, i)),
            }
        }
    }

    fn needs_of(&self, node: &Node) -> Needs {
        let Kind::Layer(layer) = &self.graph.layers[node.layer.0].kind else { return Needs::default() };
        let shapes =
            |tensors: &[TensorId]| -> Vec<Shape> { tensors.iter().map(|&tensor| self.graph.ty(tensor).shape.clone()).collect() };
        let (inputs, outputs) = (shapes(&node.inputs), shapes(&node.outputs));
        let Some(steps) = self.graph.steps(node) else { return layer.needs(&inputs, &outputs) };
        let step = |shapes: Vec<Shape>| -> Vec<Shape> {
            shapes.into_iter().map(|Shape(sizes)| Shape(sizes.into_iter().skip(1).collect())).collect()
        };
        layer.needs(&step(inputs), &step(outputs)).times(steps)
    }

    /// What a tensor takes, at typical sizes of named dimensions.
    pub fn memory(&self, tensor: TensorId) -> Memory {
        typical(&self.space(Value::Tensor(tensor)))
    }

    /// What a value needs.
    fn space(&self, value: Value) -> Space {
        match value {
            Value::Tensor(tensor) | Value::Gradient(tensor) => Space::per_sample(self.graph.ty(tensor).shape.count()),
            Value::Twice(node, i) => self.space(Value::Tensor(self.graph.nodes[node.0].inputs[i])),
            Value::Saved(node) => self.needs[node.0].saved.clone(),
            Value::ForwardScratch(node) => self.needs[node.0].forward_scratch.clone(),
            Value::BackwardScratch(node) => self.needs[node.0].backward_scratch.clone(),
        }
    }

    /// Gives values their slots.
    fn assign(&self, stretches: Vec<(Value, Stretch)>, middle: usize) -> (Vec<Slot>, HashMap<Value, usize>) {
        let values: Vec<Value> = stretches.iter().map(|(value, _)| *value).collect();
        let (taken, assigned) = assign(stretches, middle, self.calls_share);
        let empty = |taken: Taken| Slot { capacity: Capacity::default(), kept: taken.kept };
        let mut slots: Vec<Slot> = taken.into_iter().map(empty).collect();
        for value in values {
            slots[assigned[&value]].capacity.hold(&self.space(value));
        }
        (slots, assigned)
    }

    /// The time of a call in forward, and in backward.
    fn forward(id: usize) -> usize {
        id
    }
    /// The time of a call in backward.
    pub fn backward(&self, id: usize) -> usize {
        2 * self.graph.nodes.len() - id
    }

    /// Whether backward of a call reads its `i`-th input, or output.
    fn reads_input(&self, id: usize, i: usize) -> bool {
        self.children.get(&NodeId(id)).map_or(self.needs[id].inputs, |child| child.plan.needs_inputs[i])
    }
    fn reads_output(&self, id: usize, i: usize) -> bool {
        self.children.get(&NodeId(id)).map_or(self.needs[id].output, |child| child.plan.needs_outputs[i])
    }

    /// When each root is last read, in forward or in backward.
    fn last_reads(&self) -> Vec<usize> {
        let mut last = vec![0; self.graph.tensors.len()];
        let mut read = |root: TensorId, time: usize| last[root.0] = time.max(last[root.0]);
        for (id, node) in self.graph.nodes.iter().enumerate().filter(|(_, node)| !self.is_view(node)) {
            for (i, input) in node.inputs.iter().enumerate() {
                let time = if self.reads_input(id, i) { self.backward(id) } else { Self::forward(id) };
                read(self.roots[input.0], time);
            }
            for (i, output) in node.outputs.iter().enumerate() {
                let time = if self.reads_output(id, i) { self.backward(id) } else { Self::forward(id) };
                read(self.roots[output.0], time);
            }
        }
        last
    }

    /// The plan.
    pub fn plan(self) -> Plan {
        let last_reads = self.last_reads();
        let middle = self.graph.nodes.len();
        let (flows, mut stretches) = self.flows();
        for (id, node) in self.graph.nodes.iter().enumerate().filter(|(_, node)| !self.is_view(node)) {
            let (forward, backward, needs) = (Self::forward(id), self.backward(id), &self.needs[id]);
            for &output in node.outputs.iter().filter(|output| !self.fixed.contains_key(output)) {
                let to = last_reads[output.0].max(forward);
                stretches.push((Value::Tensor(output), Stretch { from: forward, to, memory: self.memory(output) }));
            }
            let mut own = |value, from, to, space: &Space| {
                if *space != Space::NONE {
                    stretches.push((value, Stretch { from, to, memory: typical(space) }));
                }
            };
            // What moving statistics follow from outlasts backward, so that they can be updated after it.
            let end = if self.has_statistics(node) { self.backward(0) } else { backward };
            own(Value::Saved(NodeId(id)), forward, end, &needs.saved);
            own(Value::ForwardScratch(NodeId(id)), forward, forward, &needs.forward_scratch);
            own(Value::BackwardScratch(NodeId(id)), backward, backward, &needs.backward_scratch);
        }
        let (slots, assigned) = self.assign(stretches, middle);
        let place = |value: Value| assigned.get(&value).map(|&slot| Place::Slot(slot));
        let places = self.places(|root| place(Value::Tensor(root)));
        let gradients = self.places(|root| place(Value::Gradient(root)));
        let slot = |value: Value| assigned.get(&value).copied();
        let resolve = |flow: &RootFlow| {
            let place = gradients[flow.root.0];
            let (first, only_for_inputs) = (flow.first && !matches!(place, Place::Output(_)), flow.only_for_inputs);
            let own = flow.twice.and_then(|value| assigned.get(&value));
            match own {
                Some(&slot) => Flow { place: Place::Slot(slot), first: true, then: Some(place), only_for_inputs },
                None => Flow { place, first, then: None, only_for_inputs },
            }
        };
        let weights = self.has_weights_before();
        let mut calls = vec![0; self.graph.layers.len()];
        self.graph.nodes.iter().for_each(|node| calls[node.layer.0] += 1);
        let nodes = self.graph.nodes.iter().enumerate().map(|(id, node)| NodePlan {
            needs: self.needs[id].clone(),
            saved: slot(Value::Saved(NodeId(id))),
            forward_scratch: slot(Value::ForwardScratch(NodeId(id))),
            backward_scratch: slot(Value::BackwardScratch(NodeId(id))),
            flows: flows.nodes[id].iter().map(&resolve).collect(),
            is_view: self.is_view(node),
            zeros: flows.zeros[id].iter().map(|root| gradients[root.0]).collect(),
            has_weights_before: node.outputs.iter().any(|output| weights[output.0]),
            adds_to_weights: node.call + 1 < calls[node.layer.0],
            has_own_tape: matches!(self.graph.layers[node.layer.0].kind, Kind::Model(_)),
        });
        let nodes: Vec<NodePlan> = nodes.collect();
        let copies = self.copies.iter().zip(&flows.copies).map(|(&(root, output), flow)| Copy {
            from: places[root.0],
            output,
            flow: resolve(flow),
        });
        let copies: Vec<Copy> = copies.collect();
        let flows_back = nodes.iter().flat_map(|node| &node.flows).chain(copies.iter().map(|copy| &copy.flow));
        let mut is_read = vec![false; self.graph.inputs.len()];
        for place in flows_back.flat_map(|flow| [Some(flow.place), flow.then]) {
            if let Some(Place::Input(i)) = place {
                is_read[i] = true;
            }
        }
        let unread_inputs = (0..self.graph.inputs.len()).filter(|&i| !is_read[i]).collect();
        let reads_after = |port: &crate::graph::Port| last_reads[self.roots[port.tensor.0].0] > middle;
        let lies = |port: &crate::graph::Port, place: Place| self.fixed.get(&self.roots[port.tensor.0]) == Some(&place);
        let needs_inputs = self.graph.inputs.iter().map(reads_after).collect();
        let outputs = self.graph.outputs.iter().enumerate();
        let needs_outputs = outputs.map(|(i, port)| lies(port, Place::Output(i)) && reads_after(port)).collect();
        let inference = self.inference();
        Plan {
            slots,
            places,
            gradients,
            nodes,
            copies,
            needs_inputs,
            needs_outputs,
            unread_inputs,
            inference,
            children: self.children,
        }
    }

    /// The place of every tensor, given the slots of roots.
    fn places(&self, slot: impl Fn(TensorId) -> Option<Place>) -> Vec<Place> {
        let place = |root: &TensorId| self.fixed.get(root).copied().or_else(|| slot(*root)).unwrap_or(Place::Slot(usize::MAX));
        self.roots.iter().map(place).collect()
    }

    /// How the graph is run forward only.
    fn inference(&self) -> Inference {
        let mut last = vec![0; self.graph.tensors.len()];
        let mut stretches = Vec::new();
        for (id, node) in self.graph.nodes.iter().enumerate().filter(|(_, node)| !self.is_view(node)) {
            node.inputs.iter().for_each(|input| last[self.roots[input.0].0] = id);
            let scratch = &self.needs[id].forward_scratch;
            if *scratch != Space::NONE {
                stretches.push((Value::ForwardScratch(NodeId(id)), Stretch { from: id, to: id, memory: typical(scratch) }));
            }
        }
        for (id, node) in self.graph.nodes.iter().enumerate().filter(|(_, node)| !self.is_view(node)) {
            for &output in node.outputs.iter().filter(|output| !self.fixed.contains_key(output)) {
                let to = last[output.0].max(id);
                stretches.push((Value::Tensor(output), Stretch { from: id, to, memory: self.memory(output) }));
            }
        }
        let (slots, assigned) = self.assign(stretches, usize::MAX);
        let slot = |value: Value| assigned.get(&value).copied();
        let places = self.places(|root| slot(Value::Tensor(root)).map(Place::Slot));
        let scratch = (0..self.graph.nodes.len()).map(|id| slot(Value::ForwardScratch(NodeId(id)))).collect();
        Inference { slots: slots.into_iter().map(|slot| slot.capacity).collect(), places, scratch }
    }
}

/// The size that every named dimension is thought of to have where slots are given away.
const TYPICAL_SIZE: i64 = 64;

/// What something takes at typical sizes.
fn typical(space: &Space) -> Memory {
    space.memory(&|_| Some(TYPICAL_SIZE))
}

/// The blocks and models that are called; calls of the same graph have the same plan.
fn plan_children(graph: &Graph, plans: &mut Plans) -> BTreeMap<NodeId, Called> {
    let mut children = BTreeMap::new();
    for (id, node) in graph.nodes.iter().enumerate() {
        let kind = &graph.layers[node.layer.0].kind;
        if let Kind::Model(inner) | Kind::Block(inner) = kind {
            let is_model = matches!(kind, Kind::Model(_));
            let plan = if is_model { plans.of(inner) } else { plans.of_block(inner) };
            let called = Called { plan, is_model, named: node.named.clone(), steps: graph.steps(node).cloned() };
            children.insert(NodeId(id), called);
        }
    }
    children
}
