//! How large slots are, and what many of them take: numbers, or formulas where dimensions are known by name only.

use crate::dim::Dim;
use crate::layer::{Memory, Space};

/// The size of a slot: the largest of what lies in it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Capacity {
    known: Memory,
    /// What follows from names, each once.
    named: Vec<Space>,
}

impl Capacity {
    /// Makes room for this, too.
    pub fn hold(&mut self, space: &Space) {
        match space.known() {
            Some(memory) => self.known = self.known.or(memory),
            None if self.named.contains(space) => {}
            None => self.named.push(space.clone()),
        }
    }

    /// Makes room for all that another slot has room for, too.
    pub fn hold_all(&mut self, other: &Self) {
        self.known = self.known.or(other.known);
        other.named.iter().for_each(|space| self.hold(space));
    }

    /// The size, where all sizes are known.
    #[must_use]
    pub fn known(&self) -> Option<Memory> {
        self.named.is_empty().then_some(self.known)
    }

    /// What it is the largest of: a number, and formulas.
    #[must_use]
    pub fn parts(&self) -> (Memory, &[Space]) {
        (self.known, &self.named)
    }

    /// The size, once every name is bound to a size that has been checked.
    pub fn memory(&self, bound: &impl Fn(&str) -> Option<i64>) -> Memory {
        self.named.iter().fold(self.known, |largest, space| largest.or(space.memory(bound)))
    }

    /// The same in other names.
    #[must_use]
    pub fn substitute(&self, meaning: &impl Fn(&str) -> Option<Dim>) -> Self {
        let mut meant = Self { known: self.known, named: Vec::new() };
        self.named.iter().for_each(|space| meant.hold(&space.substitute(meaning)));
        meant
    }

    /// The size for so many times as many samples.
    #[must_use]
    pub fn times(&self, samples: &Dim) -> Self {
        let mut all = Self::default();
        [Space::of(self.known)].iter().chain(&self.named).for_each(|space| all.hold(&space.times(samples)));
        all
    }
}

/// What slots take together.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Footprint {
    /// The sum of those that are known.
    pub known: Memory,
    /// The others.
    pub named: Vec<Capacity>,
}

impl Footprint {
    /// With one more slot.
    #[must_use]
    pub fn with(mut self, slot: &Capacity) -> Self {
        match slot.known() {
            Some(memory) => self.known = self.known.and(memory),
            None => self.named.push(slot.clone()),
        }
        self
    }

    /// What this and the other take.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.known = self.known.and(other.known);
        self.named.extend(other.named);
        self
    }

    /// The same in other names.
    #[must_use]
    pub fn substitute(&self, meaning: &impl Fn(&str) -> Option<Dim>) -> Self {
        let known = Self { known: self.known, named: Vec::new() };
        self.named.iter().fold(known, |sum, slot| sum.with(&slot.substitute(meaning)))
    }

    /// What they take for so many times as many samples.
    #[must_use]
    pub fn times(&self, samples: &Dim) -> Self {
        let known = Capacity { known: self.known, named: Vec::new() };
        self.named.iter().chain([&known]).fold(Self::default(), |sum, slot| sum.with(&slot.times(samples)))
    }

    /// The number of elements, once every name is bound to a size that has been checked.
    pub fn memory(&self, bound: &impl Fn(&str) -> Option<i64>) -> Memory {
        self.named.iter().fold(self.known, |sum, slot| sum.and(slot.memory(bound)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_as_large_as_the_largest_of_what_lies_in_it() {
        let mut slot = Capacity::default();
        let space = |text: &str| Space::per_sample(text.parse::<Dim>().unwrap());
        ["12", "2 * words", "40", "2 * words", "words + 30"].iter().for_each(|text| slot.hold(&space(text)));
        assert_eq!((slot.parts().0, slot.parts().1.len(), slot.known()), (Memory::per_sample(40), 2, None));
        assert_eq!([5, 12, 40].map(|words| slot.memory(&|_| Some(words)).per_sample), [40, 42, 80]);
        let both = Footprint::default().with(&slot).with(&slot).with(&Capacity { known: Memory::fixed(7), named: Vec::new() });
        assert_eq!(both.memory(&|_| Some(5)), Memory::new(80, 7));
        let often = both.times(&Dim::named("steps"));
        let bound = |name: &str| Some(if name == "steps" { 3 } else { 5 });
        assert_eq!((often.known, often.memory(&bound)), (Memory::fixed(7), Memory::new(240, 7)));
        assert_eq!(both.substitute(&|_| Some(Dim::constant(12))), Footprint { known: Memory::new(84, 7), named: Vec::new() });
    }
}
