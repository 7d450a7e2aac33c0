//! How a graph is run: where every tensor lies, which buffers are shared, and where gradients flow. It follows from the graph alone.
//!
//! The calls run in the graph's order, and backward in the reverse. A value that is needed over a stretch of that time gets a slot, and
//! values whose stretches do not overlap share one. Slots that carry something from forward to backward are *kept*; the others are
//! *transient*, and all calls of one block share them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::graph::{Graph, Kind, Node, NodeId, Source, TensorId};
use crate::layer::{Memory, Needs};

/// Where a value lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// In the caller's input.
    Input(usize),
    /// In the caller's output.
    Output(usize),
    /// In a slot.
    Slot(usize),
}

/// A buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// How large it is.
    pub memory: Memory,
    /// Whether it carries something from forward to backward.
    pub kept: bool,
}

/// How the gradient of a call's input comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Where the gradient lies.
    pub place: Place,
    /// Whether this call is the first to contribute, and so writes instead of adding. An input's first contribution adds if the caller
    /// says so.
    pub first: bool,
    /// Where the gradient is added afterwards, because the call has the same tensor twice: it first lies in a slot of its own.
    pub then: Option<Place>,
    /// Whether the gradient is wanted only where the caller wants those of the graph's inputs: no weight lies before it.
    pub only_for_inputs: bool,
}

/// How a call is run.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct NodePlan {
    /// What the layer works with; nothing for blocks and models, whose own plans say it.
    pub needs: Needs,
    /// The slot of what forward leaves for backward.
    pub saved: Option<usize>,
    /// The slot that forward works in.
    pub forward_scratch: Option<usize>,
    /// The slot that backward works in.
    pub backward_scratch: Option<usize>,
    /// For each input, where its gradient goes.
    pub flows: Vec<Flow>,
    /// Whether the call has nothing to compute: its output is its input under another shape.
    pub is_view: bool,
    /// Gradients of outputs that nobody reads: they are zero.
    pub zeros: Vec<Place>,
    /// Whether backward has anything to do even if no gradient of the graph's inputs is wanted.
    pub has_weights_before: bool,
    /// Whether another call of the layer comes first in backward, so that weights' gradients are added.
    pub adds_to_weights: bool,
    /// Whether the call has all its memory to itself, as the calls of models do, instead of sharing what is transient.
    pub has_own_tape: bool,
}

/// An output that lies elsewhere and is copied at the end: an input, or another output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Where the value lies.
    pub from: Place,
    /// Which output it is copied to.
    pub output: usize,
    /// How its gradient flows back.
    pub flow: Flow,
}

/// How a graph is run forward only.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Inference {
    /// The buffers.
    pub slots: Vec<Memory>,
    /// Where each tensor lies.
    pub places: Vec<Place>,
    /// The slot that each call works in.
    pub scratch: Vec<Option<usize>>,
}

/// How a graph is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The buffers of training.
    pub slots: Vec<Slot>,
    /// Where each tensor lies while training.
    pub places: Vec<Place>,
    /// Where each tensor's gradient lies.
    pub gradients: Vec<Place>,
    /// How each call is run.
    pub nodes: Vec<NodePlan>,
    /// The outputs that are copied.
    pub copies: Vec<Copy>,
    /// Which inputs backward reads.
    pub needs_inputs: Vec<bool>,
    /// Which outputs backward reads.
    pub needs_outputs: Vec<bool>,
    /// The inputs that nothing depends on: their gradients are zero.
    pub unread_inputs: Vec<usize>,
    /// How the graph is run forward only.
    pub inference: Inference,
    /// The plans of the blocks and models that are called, by call.
    pub children: HashMap<NodeId, Arc<Plan>>,
}

use NodeId as Id;

/// A stretch of time in which a value is needed; both ends are included.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    from: usize,
    to: usize,
    memory: Memory,
}

/// What asks for a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Value {
    Tensor(TensorId),
    Gradient(TensorId),
    Saved(Id),
    ForwardScratch(Id),
    BackwardScratch(Id),
    /// The gradient of an input that stands twice in one call, by its position.
    Twice(Id, usize),
}

impl Plan {
    /// The plan of a graph, or `None` if a size is not known.
    #[must_use]
    pub fn new(graph: &Graph) -> Option<Self> {
        Planner::new(graph)?.plan()
    }

    /// The memory that one call keeps from forward to backward, the blocks and models inside included.
    #[must_use]
    pub fn kept(&self) -> Memory {
        let own = self.slots.iter().filter(|slot| slot.kept).fold(Memory::NONE, |sum, slot| sum.and(slot.memory));
        let kept = |(node, child): (&NodeId, &Arc<Self>)| match self.nodes[node.0].has_own_tape {
            true => child.training_memory(),
            false => child.kept(),
        };
        self.children.iter().map(kept).fold(own, Memory::and)
    }

    /// The memory that is shared among calls, that of the blocks inside included, equal ones once.
    #[must_use]
    pub fn transient(&self) -> Memory {
        let own = self.slots.iter().filter(|slot| !slot.kept).fold(Memory::NONE, |sum, slot| sum.and(slot.memory));
        let blocks = self.distinct_children(|node| !self.nodes[node.0].has_own_tape);
        blocks.into_iter().fold(own, |sum, child| sum.and(child.transient()))
    }

    /// The memory of training: what is kept and what is transient.
    #[must_use]
    pub fn training_memory(&self) -> Memory {
        self.kept().and(self.transient())
    }

    /// The memory of running forward only.
    #[must_use]
    pub fn inference_memory(&self) -> Memory {
        let own = self.inference.slots.iter().fold(Memory::NONE, |sum, slot| sum.and(*slot));
        self.distinct_children(|_| true).into_iter().fold(own, |sum, child| sum.and(child.inference_memory()))
    }

    fn distinct_children(&self, counts: impl Fn(NodeId) -> bool) -> Vec<&Arc<Self>> {
        let mut distinct: Vec<&Arc<Self>> = Vec::new();
        for child in self.children.iter().filter(|(node, _)| counts(**node)).map(|(_, child)| child) {
            if !distinct.iter().any(|other| Arc::ptr_eq(other, child)) {
                distinct.push(child);
            }
        }
        distinct
    }
}

struct Planner<'g> {
    graph: &'g Graph,
    shapes: Vec<Vec<usize>>,
    /// The tensor whose memory a tensor is in: views lie in what they view.
    roots: Vec<TensorId>,
    /// Where the roots lie that need no slot.
    fixed: HashMap<TensorId, Place>,
    copies: Vec<(TensorId, usize)>,
    needs: Vec<Needs>,
    children: HashMap<NodeId, Arc<Plan>>,
}

impl<'g> Planner<'g> {
    fn new(graph: &'g Graph) -> Option<Self> {
        let shapes = graph.tensors.iter().map(|tensor| tensor.ty.shape.sizes()).collect::<Option<Vec<_>>>()?;
        let children = plan_children(graph)?;
        let mut planner =
            Self { graph, shapes, roots: Vec::new(), fixed: HashMap::new(), copies: Vec::new(), needs: Vec::new(), children };
        planner.roots = planner.find_roots();
        planner.place_ports();
        planner.needs = graph.nodes.iter().map(|node| planner.needs_of(node)).collect();
        Some(planner)
    }

    fn is_view(&self, node: &Node) -> bool {
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
        let inputs: Vec<Vec<usize>> = node.inputs.iter().map(|input| self.shapes[input.0].clone()).collect();
        layer.needs(&inputs, &self.shapes[node.outputs[0].0])
    }

    fn memory(&self, tensor: TensorId) -> Memory {
        Memory::per_sample(self.shapes[tensor.0].iter().product())
    }

    /// The time of a call in forward, and in backward.
    fn forward(id: usize) -> usize {
        id
    }
    fn backward(&self, id: usize) -> usize {
        2 * self.graph.nodes.len() - id
    }

    /// Whether backward of a call reads its `i`-th input, or output.
    fn reads_input(&self, id: usize, i: usize) -> bool {
        self.children.get(&NodeId(id)).map_or(self.needs[id].inputs, |child| child.needs_inputs[i])
    }
    fn reads_output(&self, id: usize, i: usize) -> bool {
        self.children.get(&NodeId(id)).map_or(self.needs[id].output, |child| child.needs_outputs[i])
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

    fn plan(self) -> Option<Plan> {
        let last_reads = self.last_reads();
        let middle = self.graph.nodes.len();
        let (flows, mut stretches) = self.flows();
        for (id, node) in self.graph.nodes.iter().enumerate().filter(|(_, node)| !self.is_view(node)) {
            let (forward, backward, needs) = (Self::forward(id), self.backward(id), self.needs[id]);
            for &output in node.outputs.iter().filter(|output| !self.fixed.contains_key(output)) {
                let to = last_reads[output.0].max(forward);
                stretches.insert(Value::Tensor(output), Stretch { from: forward, to, memory: self.memory(output) });
            }
            let mut own = |value, from, to, memory: Memory| {
                if memory != Memory::NONE {
                    stretches.insert(value, Stretch { from, to, memory });
                }
            };
            // What moving statistics follow from outlasts backward, so that they can be updated after it.
            let end = if self.has_statistics(node) { self.backward(0) } else { backward };
            own(Value::Saved(NodeId(id)), forward, end, needs.saved);
            own(Value::ForwardScratch(NodeId(id)), forward, forward, needs.forward_scratch);
            own(Value::BackwardScratch(NodeId(id)), backward, backward, needs.backward_scratch);
        }
        let (slots, assigned) = assign(&stretches, middle);
        let place = |value: Value| assigned.get(&value).map(|&slot| Place::Slot(slot));
        let places = self.places(|root| place(Value::Tensor(root)))?;
        let gradients = self.places(|root| place(Value::Gradient(root)))?;
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
        let calls = |node: &Node| self.graph.nodes.iter().filter(|other| other.layer == node.layer).count();
        let nodes = self.graph.nodes.iter().enumerate().map(|(id, node)| NodePlan {
            needs: self.needs[id],
            saved: slot(Value::Saved(NodeId(id))),
            forward_scratch: slot(Value::ForwardScratch(NodeId(id))),
            backward_scratch: slot(Value::BackwardScratch(NodeId(id))),
            flows: flows.nodes[id].iter().map(&resolve).collect(),
            is_view: self.is_view(node),
            zeros: flows.zeros[id].iter().map(|root| gradients[root.0]).collect(),
            has_weights_before: node.outputs.iter().any(|output| weights[output.0]),
            adds_to_weights: node.call + 1 < calls(node),
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
        let is_read =
            |i: usize| flows_back.clone().any(|flow| flow.place == Place::Input(i) || flow.then == Some(Place::Input(i)));
        let unread_inputs = (0..self.graph.inputs.len()).filter(|&i| !is_read(i)).collect();
        let reads_after = |port: &crate::graph::Port| last_reads[self.roots[port.tensor.0].0] > middle;
        let lies = |port: &crate::graph::Port, place: Place| self.fixed.get(&self.roots[port.tensor.0]) == Some(&place);
        let needs_inputs = self.graph.inputs.iter().map(reads_after).collect();
        let outputs = self.graph.outputs.iter().enumerate();
        let needs_outputs = outputs.map(|(i, port)| lies(port, Place::Output(i)) && reads_after(port)).collect();
        let inference = self.inference();
        Some(Plan {
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
        })
    }

    /// The place of every tensor, given the slots of roots. `None` if a live root has no place.
    fn places(&self, slot: impl Fn(TensorId) -> Option<Place>) -> Option<Vec<Place>> {
        let place = |root: &TensorId| self.fixed.get(root).copied().or_else(|| slot(*root)).unwrap_or(Place::Slot(usize::MAX));
        Some(self.roots.iter().map(place).collect())
    }

    /// Which tensors depend on a weight.
    fn has_weights_before(&self) -> Vec<bool> {
        let mut weights = vec![false; self.graph.tensors.len()];
        for node in &self.graph.nodes {
            let own = self.graph.layers[node.layer.0].parameters().trainable > 0;
            let any = own || node.inputs.iter().any(|input| weights[input.0]);
            node.outputs.iter().for_each(|output| weights[output.0] = any);
        }
        weights
    }

    /// Who contributes to which gradient, and when each gradient is needed.
    fn flows(&self) -> (Flows, HashMap<Value, Stretch>) {
        let weights = self.has_weights_before();
        let mut stretches: HashMap<Value, Stretch> = HashMap::new();
        let mut seen = vec![false; self.graph.tensors.len()];
        let mut contribute = |root: TensorId, time: usize, memory: Memory| {
            let first = !std::mem::replace(&mut seen[root.0], true);
            if first && !self.fixed.contains_key(&root) {
                let Source::Node(producer, _) = self.graph.tensors[root.0].source else { return first };
                stretches.insert(Value::Gradient(root), Stretch { from: time, to: self.backward(producer.0), memory });
            }
            first
        };
        let middle = self.graph.nodes.len();
        let flow = |root: TensorId, first: bool| RootFlow { root, first, twice: None, only_for_inputs: !weights[root.0] };
        let copies = self.copies.iter().map(|&(root, _)| flow(root, contribute(root, middle, self.memory(root)))).collect();
        let mut nodes = vec![Vec::new(); middle];
        let mut zeros = vec![Vec::new(); middle];
        let mut twice = HashMap::new();
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
                    twice.insert(value, Stretch { from: time, to: time, memory: self.memory(root) });
                    flow.twice = Some(value);
                }
                nodes[id].push(flow);
            }
        }
        stretches.extend(twice);
        (Flows { nodes, zeros, copies }, stretches)
    }

    fn inference(&self) -> Inference {
        let mut last = vec![0; self.graph.tensors.len()];
        let mut stretches = HashMap::new();
        for (id, node) in self.graph.nodes.iter().enumerate().filter(|(_, node)| !self.is_view(node)) {
            node.inputs.iter().for_each(|input| last[self.roots[input.0].0] = id);
            let scratch = self.needs[id].forward_scratch;
            if scratch != Memory::NONE {
                stretches.insert(Value::ForwardScratch(NodeId(id)), Stretch { from: id, to: id, memory: scratch });
            }
        }
        for (id, node) in self.graph.nodes.iter().enumerate().filter(|(_, node)| !self.is_view(node)) {
            for &output in node.outputs.iter().filter(|output| !self.fixed.contains_key(output)) {
                let to = last[output.0].max(id);
                stretches.insert(Value::Tensor(output), Stretch { from: id, to, memory: self.memory(output) });
            }
        }
        let (slots, assigned) = assign(&stretches, usize::MAX);
        let slot = |value: Value| assigned.get(&value).copied();
        let places = self.places(|root| slot(Value::Tensor(root)).map(Place::Slot)).unwrap_or_default();
        let scratch = (0..self.graph.nodes.len()).map(|id| slot(Value::ForwardScratch(NodeId(id)))).collect();
        Inference { slots: slots.into_iter().map(|slot| slot.memory).collect(), places, scratch }
    }
}

/// Contributions to the gradients of roots.
struct Flows {
    nodes: Vec<Vec<RootFlow>>,
    zeros: Vec<Vec<TensorId>>,
    copies: Vec<RootFlow>,
}

#[derive(Clone)]
struct RootFlow {
    root: TensorId,
    first: bool,
    twice: Option<Value>,
    only_for_inputs: bool,
}

/// The plans of blocks and models, the same for calls of the same graph.
fn plan_children(graph: &Graph) -> Option<HashMap<NodeId, Arc<Plan>>> {
    let mut plans: Vec<(*const Graph, Arc<Plan>)> = Vec::new();
    let mut children = HashMap::new();
    for (id, node) in graph.nodes.iter().enumerate() {
        let (Kind::Model(inner) | Kind::Block(inner)) = &graph.layers[node.layer.0].kind else { continue };
        let known = plans.iter().find(|(address, _)| *address == Arc::as_ptr(inner)).map(|(_, plan)| plan.clone());
        let plan = match known {
            Some(plan) => plan,
            None => Arc::new(Plan::new(inner)?),
        };
        plans.push((Arc::as_ptr(inner), plan.clone()));
        children.insert(NodeId(id), plan);
    }
    Some(children)
}

/// The batch that sizes are compared at: one where fixed sizes count, but not most.
const TYPICAL_BATCH: usize = 32;

/// Gives every stretch a slot, the largest first, each the slot that grows least. Stretches that overlap get different ones.
fn assign(stretches: &HashMap<Value, Stretch>, middle: usize) -> (Vec<Slot>, HashMap<Value, usize>) {
    let mut order: Vec<(&Value, &Stretch)> = stretches.iter().collect();
    let size = |memory: Memory| memory.elements(TYPICAL_BATCH);
    order.sort_by_key(|(value, stretch)| (usize::MAX - size(stretch.memory), stretch.from, key(value)));
    let mut slots: Vec<(Slot, Vec<Stretch>)> = Vec::new();
    let mut assigned = HashMap::new();
    for (&value, stretch) in order {
        let is_free = |taken: &[Stretch]| taken.iter().all(|other| other.to < stretch.from || stretch.to < other.from);
        let growth = |slot: &Slot| size(slot.memory.or(stretch.memory)) - size(slot.memory);
        let kept = stretch.from < middle && stretch.to > middle;
        let free = slots.iter_mut().enumerate().filter(|(_, (_, taken))| is_free(taken));
        let best = free.min_by_key(|(i, (slot, _))| (growth(slot), slot.kept != kept, *i));
        let index = match best {
            Some((i, (slot, taken))) => {
                slot.memory = slot.memory.or(stretch.memory);
                slot.kept |= kept;
                taken.push(*stretch);
                i
            }
            None => {
                slots.push((Slot { memory: stretch.memory, kept }, vec![*stretch]));
                slots.len() - 1
            }
        };
        assigned.insert(value, index);
    }
    (slots.into_iter().map(|(slot, _)| slot).collect(), assigned)
}

/// An order among values that does not depend on hashing.
fn key(value: &Value) -> (usize, usize) {
    match value {
        Value::Tensor(tensor) => (0, tensor.0),
        Value::Gradient(tensor) => (1, tensor.0),
        Value::Saved(node) => (2, node.0),
        Value::ForwardScratch(node) => (3, node.0),
        Value::BackwardScratch(node) => (4, node.0),
        Value::Twice(node, i) => (5 + i, node.0),
    }
}
