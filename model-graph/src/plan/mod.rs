//! How a graph is run: where every tensor lies, which buffers are shared, and where gradients flow. It follows from the graph alone.
//!
//! The calls run in the graph's order, and backward in the reverse. A value that is needed over a stretch of that time gets a slot, and
//! values whose stretches do not overlap share one. Slots that carry something from forward to backward are *kept*; the others are
//! *transient*, and all calls of one block share them.

mod capacity;
mod flows;
#[allow(clippy::arithmetic_side_effects)] // of places in the graph
mod planner;
mod slots;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::dim::Dim;
use crate::graph::{Graph, NodeId};
use crate::layer::Needs;
pub use capacity::{Capacity, Footprint};
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// How large it is.
    pub capacity: Capacity,
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
    pub slots: Vec<Capacity>,
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
    /// The blocks and models that are called, by call.
    pub children: BTreeMap<NodeId, Called>,
}

/// A call of a block or model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// The plan of what is called.
    pub plan: Arc<Plan>,
    /// Whether it is a model, whose names of dimensions are its own.
    pub is_model: bool,
    /// What the model's names stand for in the caller's.
    pub named: Vec<(String, Dim)>,
    /// How many steps the call is for, where it is for each of a sequence: so many samples are run for each of the caller's.
    pub steps: Option<Dim>,
}

impl Called {
    /// What a name stands for in the caller's: a block's names are the caller's own.
    fn meaning(&self, name: &str) -> Option<Dim> {
        if self.is_model { crate::named::meaning(&self.named, name) } else { Some(Dim::named(name)) }
    }

    /// An amount of memory of what is called, as it is the caller's.
    fn slot(&self, own: &Capacity) -> Capacity {
        let own = own.substitute(&|name| self.meaning(name));
        self.steps.as_ref().map_or_else(|| own.clone(), |steps| own.times(steps))
    }

    /// What a call of a model takes of the caller's.
    fn training_memory(&self) -> Footprint {
        let own = self.plan.training_memory().substitute(&|name| self.meaning(name));
        self.steps.as_ref().map_or_else(|| own.clone(), |steps| own.times(steps))
    }

    /// Whether all its calls take the same memory.
    fn is_fixed(&self) -> bool {
        self.named.is_empty() && self.steps.is_none()
    }
}

/// The plans of blocks and models that have been made: each graph is planned once, however often it is called, and from wherever.
#[derive(Debug, Default)]
pub struct Plans(HashMap<*const Graph, (Arc<Graph>, Arc<Plan>)>);

impl Plans {
    /// The plan of a model's graph.
    pub fn of(&mut self, graph: &Arc<Graph>) -> Arc<Plan> {
        self.made(graph, false)
    }

    /// The plan of a block's graph, whose calls share what is transient.
    pub fn of_block(&mut self, graph: &Arc<Graph>) -> Arc<Plan> {
        self.made(graph, true)
    }

    fn made(&mut self, graph: &Arc<Graph>, calls_share: bool) -> Arc<Plan> {
        if let Some((_, plan)) = self.0.get(&Arc::as_ptr(graph)) {
            return plan.clone();
        }
        let plan = Arc::new(Planner::new(graph, calls_share, self).plan());
        self.0.insert(Arc::as_ptr(graph), (graph.clone(), plan.clone()));
        plan
    }
}

impl Plan {
    /// The plan of a graph.
    #[must_use]
    pub fn new(graph: &Graph) -> Self {
        Planner::new(graph, false, &mut Plans::default()).plan()
    }

    /// What one call keeps from forward to backward, the blocks and models inside included.
    #[must_use]
    pub fn kept(&self) -> Footprint {
        let kept = |child: &Called| match child.is_model {
            true => child.training_memory(),
            false => child.plan.kept(),
        };
        self.children.values().map(kept).fold(self.own(true), Footprint::and)
    }

    /// What is shared among calls, that of the blocks inside included, equal ones once.
    #[must_use]
    pub fn transient(&self) -> Footprint {
        let blocks = self.distinct_children().into_iter().filter(|child| !child.is_model);
        blocks.fold(self.own(false), |sum, child| sum.and(child.plan.transient()))
    }

    fn own(&self, is_kept: bool) -> Footprint {
        let slots = self.slots.iter().filter(|slot| slot.kept == is_kept);
        slots.fold(Footprint::default(), |sum, slot| sum.with(&slot.capacity))
    }

    /// What training takes: what is kept and what is transient.
    #[must_use]
    pub fn training_memory(&self) -> Footprint {
        self.kept().and(self.transient())
    }

    /// What running forward only takes.
    #[must_use]
    pub fn inference_memory(&self) -> Footprint {
        self.inference_slots().iter().fold(Footprint::default(), Footprint::with)
    }

    /// The slots of running forward only, those of what is called included. Calls of one block or model share theirs, which then have room
    /// for each of them.
    fn inference_slots(&self) -> Vec<Capacity> {
        let mut slots = self.inference.slots.clone();
        let mut shared: HashMap<*const Self, usize> = HashMap::new();
        for child in self.children.values() {
            let first = shared.get(&Arc::as_ptr(&child.plan)).copied();
            if first.is_some() && child.is_fixed() {
                continue; // the same sizes again, or larger ones for steps
            }
            let own = child.plan.inference_slots();
            let own = own.iter().map(|slot| child.slot(slot));
            match first {
                Some(first) => slots[first..].iter_mut().zip(own).for_each(|(slot, own)| slot.hold_all(&own)),
                None => {
                    shared.insert(Arc::as_ptr(&child.plan), slots.len());
                    slots.extend(own);
                }
            }
        }
        slots
    }

    /// The blocks and models that are called, the first call of each.
    fn distinct_children(&self) -> Vec<&Called> {
        let mut seen = HashSet::new();
        self.children.values().filter(|child| seen.insert(Arc::as_ptr(&child.plan))).collect()
    }
}
