//! Slots: values whose stretches of time do not overlap share one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

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

/// A slot that has been given to stretches.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// The largest of what they need.
    pub memory: Memory,
    /// Whether one of them reaches from forward to backward.
    pub kept: bool,
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

fn size(memory: Memory) -> usize {
    memory.elements(TYPICAL_BATCH)
}

/// Gives every stretch a slot, the largest first, each the slot that grows least. Stretches that overlap get different ones. Where calls share
/// what is transient, what one of them keeps takes no slot that is much larger: there would be as many of that as there are calls.
pub fn assign(mut stretches: Vec<(Value, Stretch)>, middle: usize, calls_share: bool) -> (Vec<Taken>, HashMap<Value, usize>) {
    stretches.sort_by_cached_key(|(value, stretch)| (Reverse(size(stretch.memory)), stretch.from, key(value)));
    let mut rooms = Rooms { calls_share, ..Rooms::default() };
    let assigned = stretches.into_iter().map(|(value, stretch)| {
        let is_kept = stretch.from < middle && stretch.to > middle;
        (value, rooms.take(stretch, is_kept))
    });
    let assigned = assigned.collect();
    (rooms.all.into_iter().map(|room| room.slot).collect(), assigned)
}

/// The slots while they are given away.
#[derive(Default)]
struct Rooms {
    all: Vec<Room>,
    calls_share: bool,
    /// Those that are kept, and those that are not, both in order.
    kept: Vec<usize>,
    transient: Vec<usize>,
}

/// A slot, and when it is taken.
struct Room {
    slot: Taken,
    /// The stretch from forward to backward, of which a slot has one at most: they all overlap in the middle.
    held: Option<Stretch>,
    /// The ends of the stretches by their starts.
    taken: BTreeMap<usize, usize>,
}

impl Room {
    fn is_free(&self, stretch: &Stretch) -> bool {
        self.held.is_none_or(|held| held.to < stretch.from || stretch.to < held.from)
            && self.taken.range(..=stretch.to).next_back().is_none_or(|(_, &end)| end < stretch.from)
    }

    /// Whether it is at most twice as large as this.
    fn is_about(&self, memory: Memory) -> bool {
        size(self.slot.memory) <= size(memory).saturating_mul(2)
    }

    fn growth(&self, memory: Memory) -> usize {
        size(self.slot.memory.or(memory)).saturating_sub(size(self.slot.memory))
    }
}

impl Rooms {
    /// Takes the free slot that grows least, of those the one that is kept just as the stretch is, of those the first; or a new one.
    fn take(&mut self, stretch: Stretch, is_kept: bool) -> usize {
        // What is kept finds no room in what is kept. Everything else looks there only if it would cost something elsewhere.
        let may_keep = |room: &Room| !is_kept || !self.calls_share || room.is_about(stretch.memory);
        let best = match self.least(&self.transient, &stretch, may_keep) {
            Some(least) if is_kept || least.0 == 0 => Some(least),
            None if is_kept => None,
            least => {
                let kept = self.least(&self.kept, &stretch, |_| true).filter(|kept| least.is_none_or(|least| kept.0 < least.0));
                kept.or(least)
            }
        };
        let index = best.map_or(self.all.len(), |(_, index)| index);
        match self.all.get_mut(index) {
            Some(room) => room.slot.memory = room.slot.memory.or(stretch.memory),
            None => {
                let slot = Taken { memory: stretch.memory, kept: false };
                self.all.push(Room { slot, held: None, taken: BTreeMap::new() });
                self.transient.push(index);
            }
        }
        self.all[index].taken.insert(stretch.from, stretch.to);
        if is_kept {
            self.keep(index, stretch);
        }
        index
    }

    /// The growth and the number of the slot that grows least, of those that are free and may be taken.
    fn least(&self, among: &[usize], stretch: &Stretch, may: impl Fn(&Room) -> bool) -> Option<(usize, usize)> {
        let mut least: Option<(usize, usize)> = None;
        for &index in among {
            let room = &self.all[index];
            if !room.is_free(stretch) || !may(room) {
                continue;
            }
            let growth = room.growth(stretch.memory);
            if least.is_none_or(|(other, _)| growth < other) {
                least = Some((growth, index));
            }
            if growth == 0 {
                break;
            }
        }
        least
    }

    fn keep(&mut self, index: usize, stretch: Stretch) {
        let room = &mut self.all[index];
        (room.slot.kept, room.held) = (true, Some(stretch));
        self.transient.retain(|&other| other != index);
        let place = self.kept.partition_point(|&other| other < index);
        self.kept.insert(place, index);
    }
}

/// An order among values that does not depend on hashing.
fn key(value: &Value) -> (usize, usize, usize) {
    match value {
        Value::Tensor(tensor) => (0, tensor.0, 0),
        Value::Gradient(tensor) => (1, tensor.0, 0),
        Value::Saved(node) => (2, node.0, 0),
        Value::ForwardScratch(node) => (3, node.0, 0),
        Value::BackwardScratch(node) => (4, node.0, 0),
        Value::Twice(node, i) => (5, *i, node.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stretches of many sizes, from a fixed sequence of numbers.
    fn stretches(count: usize, times: usize) -> Vec<(Value, Stretch)> {
        let numbers = std::iter::successors(Some(1_usize), |number| Some((number * 48_271) % 0x7fff_ffff));
        let numbers: Vec<usize> = numbers.take(4 * count).collect();
        let stretch = |numbers: &[usize]| {
            let from = numbers[0] % times;
            let memory = Memory { per_sample: numbers[2] % 5 * 8, fixed: 1 + numbers[3] % 3 * 100 };
            Stretch { from, to: from + numbers[1] % times, memory }
        };
        numbers.chunks(4).enumerate().map(|(i, numbers)| (Value::Tensor(TensorId(i)), stretch(numbers))).collect()
    }

    #[test]
    fn what_is_needed_at_one_time_lies_apart() {
        let (all, middle) = (stretches(200, 40), 40);
        let (slots, assigned) = assign(all.clone(), middle, false);
        for (i, (value, stretch)) in all.iter().enumerate() {
            let slot = assigned[value];
            assert_eq!(slots[slot].memory.or(stretch.memory), slots[slot].memory);
            for (other, elsewhere) in &all[..i] {
                let overlap = stretch.from <= elsewhere.to && elsewhere.from <= stretch.to;
                assert!(!overlap || assigned[other] != slot, "{value:?} and {other:?} share {slot}");
            }
        }
        let is_kept = |slot: usize| {
            all.iter().any(|(value, stretch)| assigned[value] == slot && stretch.from < middle && stretch.to > middle)
        };
        assert!(slots.iter().enumerate().all(|(i, slot)| slot.kept == is_kept(i)));
    }

    #[test]
    fn values_go_where_nothing_grows_and_first_where_nothing_is_kept() {
        let memory = |per_sample| Memory { per_sample, fixed: 0 };
        let stretch = |from, to, per_sample| Stretch { from, to, memory: memory(per_sample) };
        let [kept, early, late] = [0, 1, 2].map(|i| Value::Tensor(TensorId(i)));
        let both = vec![(kept, stretch(2, 9, 8)), (early, stretch(0, 1, 8)), (late, stretch(11, 12, 4))];
        let (slots, assigned) = assign(both.clone(), 5, false);
        assert_eq!((slots.len(), assigned[&kept], assigned[&early], assigned[&late]), (1, 0, 0, 0));
        let beside = (Value::Tensor(TensorId(3)), stretch(0, 3, 8));
        let (slots, assigned) = assign(both.into_iter().chain([beside]).collect(), 5, false);
        let is_kept = |value| slots[assigned[&value]].kept;
        assert_eq!((slots.len(), is_kept(kept), is_kept(late)), (2, true, false));
    }

    #[test]
    fn calls_that_share_keep_no_slot_that_is_much_larger() {
        let memory = |per_sample| Memory { per_sample, fixed: 0 };
        let stretch = |from, to, per_sample| Stretch { from, to, memory: memory(per_sample) };
        let [work, kept] = [0, 1].map(|i| Value::Tensor(TensorId(i)));
        let slots = |size, calls_share| {
            let (slots, _) = assign(vec![(work, stretch(0, 0, size)), (kept, stretch(1, 9, 8))], 5, calls_share);
            slots.iter().map(|slot| (slot.memory.per_sample, slot.kept)).collect::<Vec<_>>()
        };
        assert_eq!(slots(99, false), [(99, true)]);
        assert_eq!(slots(99, true), [(99, false), (8, true)]);
        assert_eq!(slots(16, true), [(16, true)]);
    }
}
