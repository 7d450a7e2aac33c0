//! Slots: values whose stretches of time do not overlap share one.

use std::collections::HashMap;

use super::Slot;
use crate::graph::{NodeId, TensorId};
use crate::layer::Memory;

/// A stretch of time in which a value is needed; both ends are included.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// Its start.
    pub from: usize,
    /// Its end.
    pub to: usize,
    /// What the value needs.
    pub memory: Memory,
}

/// What asks for a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// A tensor, while it is read.
    Tensor(TensorId),
    /// The gradient of a tensor.
    Gradient(TensorId),
    /// What a call leaves for backward.
    Saved(NodeId),
    /// What a call works in forward.
    ForwardScratch(NodeId),
    /// What a call works in backward.
    BackwardScratch(NodeId),
    /// The gradient of an input that stands twice in one call, by its position.
    Twice(NodeId, usize),
}

/// The batch that sizes are compared at: one where fixed sizes count, but not most.
const TYPICAL_BATCH: usize = 32;

/// Gives every stretch a slot, the largest first, each the slot that grows least. Stretches that overlap get different ones.
pub fn assign(stretches: &HashMap<Value, Stretch>, middle: usize) -> (Vec<Slot>, HashMap<Value, usize>) {
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
