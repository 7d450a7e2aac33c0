//! How a graph is run: where every tensor lies, which buffers are shared, and where gradients flow. It follows from the graph alone.
//!
//! The calls run in the graph's order, and backward in the reverse. A value that is needed over a stretch of that time gets a slot, and
//! values whose stretches do not overlap share one. Slots that carry something from forward to backward are *kept*; the others are
//! *transient*, and all calls of one block share them.

mod flows;
mod planner;
mod slots;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::graph::{Graph, NodeId};
use crate::layer::{Memory, Needs};
use planner::Planner;

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

/// The plans of blocks and models that have been made: each graph is planned once, however often it is called, and from wherever.
#[derive(Debug, Default)]
pub struct Plans(HashMap<*const Graph, (Arc<Graph>, Arc<Plan>)>);

impl Plans {
    /// The plan of a graph, or `None` if a size is not known.
    pub fn of(&mut self, graph: &Arc<Graph>) -> Option<Arc<Plan>> {
        if let Some((_, plan)) = self.0.get(&Arc::as_ptr(graph)) {
            return Some(plan.clone());
        }
        let plan = Arc::new(Planner::new(graph, self)?.plan()?);
        self.0.insert(Arc::as_ptr(graph), (graph.clone(), plan.clone()));
        Some(plan)
    }
}

impl Plan {
    /// The plan of a graph, or `None` if a size is not known.
    #[must_use]
    pub fn new(graph: &Graph) -> Option<Self> {
        Planner::new(graph, &mut Plans::default())?.plan()
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
        let mut seen = HashSet::new();
        let children = self.children.iter().filter(|(node, _)| counts(**node)).map(|(_, child)| child);
        children.filter(|child| seen.insert(Arc::as_ptr(child))).collect()
    }
}
