//! What a layer works with besides its tensors, so that all of a model's memory is known before it runs.

use crate::dim::Dim;

/// A number of elements: so many a sample, and so many whatever the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Memory {
    /// Elements for each sample of the batch.
    pub per_sample: usize,
    /// Elements whatever the batch.
    pub fixed: usize,
}

impl Memory {
    /// Nothing.
    pub const NONE: Self = Self { per_sample: 0, fixed: 0 };

    /// So many elements for each sample, and so many whatever the batch.
    #[must_use]
    pub const fn new(per_sample: usize, fixed: usize) -> Self {
        Self { per_sample, fixed }
    }

    /// So many elements for each sample.
    #[must_use]
    pub const fn per_sample(per_sample: usize) -> Self {
        Self { per_sample, fixed: 0 }
    }

    /// So many elements whatever the batch.
    #[must_use]
    pub const fn fixed(fixed: usize) -> Self {
        Self { per_sample: 0, fixed }
    }

    /// The elements for a batch, or the largest number if there are more.
    #[must_use]
    pub const fn elements(self, batch: usize) -> usize {
        self.per_sample.saturating_mul(batch).saturating_add(self.fixed)
    }

    /// Room for this and the other at the same time, or for the largest number of elements if there are more.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        let per_sample = self.per_sample.saturating_add(other.per_sample);
        Self { per_sample, fixed: self.fixed.saturating_add(other.fixed) }
    }

    /// Room for this or the other.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        const fn larger(a: usize, b: usize) -> usize {
            if a > b { a } else { b }
        }
        Self { per_sample: larger(self.per_sample, other.per_sample), fixed: larger(self.fixed, other.fixed) }
    }
}

/// A number of elements as it follows from sizes, of which some may be known by name only.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Space {
    /// Elements for each sample of the batch.
    pub per_sample: Dim,
    /// Elements whatever the batch.
    pub fixed: Dim,
}

impl Space {
    /// Nothing.
    pub const NONE: Self = Self { per_sample: Dim::constant(0), fixed: Dim::constant(0) };

    /// So many elements for each sample.
    #[must_use]
    pub fn per_sample(per_sample: impl Into<Dim>) -> Self {
        Self { per_sample: per_sample.into(), fixed: Dim::constant(0) }
    }

    /// So many elements whatever the batch.
    #[must_use]
    pub fn fixed(fixed: impl Into<Dim>) -> Self {
        Self { per_sample: Dim::constant(0), fixed: fixed.into() }
    }

    /// Room that is known.
    #[must_use]
    pub fn of(memory: Memory) -> Self {
        Self { per_sample: memory.per_sample.into(), fixed: memory.fixed.into() }
    }

    /// Room for this and the other at the same time.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let per_sample = self.per_sample.saturating_add(&other.per_sample);
        Self { per_sample, fixed: self.fixed.saturating_add(&other.fixed) }
    }

    /// The number, where all sizes are known.
    #[must_use]
    pub fn known(&self) -> Option<Memory> {
        Some(Memory::new(self.per_sample.size()?, self.fixed.size()?))
    }

    /// The same in other names. A formula that overflows, which none of checked sizes does, counts as the largest number.
    #[must_use]
    pub fn substitute(&self, meaning: &impl Fn(&str) -> Option<Dim>) -> Self {
        let replace = |dim: &Dim| dim.substitute(meaning).unwrap_or(Dim::constant(i64::MAX));
        Self { per_sample: replace(&self.per_sample), fixed: replace(&self.fixed) }
    }

    /// Room for this or the other. Of formulas of which neither is known to be the larger, it is room for both.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let larger = |a: &Dim, b: &Dim| match (a.size(), b.size()) {
            (Some(x), Some(y)) => Dim::from(x.max(y)),
            _ if a == b => a.clone(),
            _ => a.saturating_add(b),
        };
        Self { per_sample: larger(&self.per_sample, &other.per_sample), fixed: larger(&self.fixed, &other.fixed) }
    }

    /// Room for so many times as many samples.
    #[must_use]
    pub fn times(&self, samples: &Dim) -> Self {
        Self { per_sample: self.per_sample.saturating_mul(samples), fixed: self.fixed.clone() }
    }

    /// The number, once every name is bound to a size that has been checked.
    pub fn memory(&self, bound: &impl Fn(&str) -> Option<i64>) -> Memory {
        let size = |dim: &Dim| dim.evaluate(bound).and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX);
        Memory::new(size(&self.per_sample), size(&self.fixed))
    }
}

/// What a layer's `forward` and `backward` work with besides their tensors.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Needs {
    /// `backward` reads the inputs.
    pub inputs: bool,
    /// `backward` reads the output.
    pub output: bool,
    /// What `forward` leaves for `backward`.
    pub saved: Space,
    /// Room that `forward` works in.
    pub forward_scratch: Space,
    /// Room that `backward` works in.
    pub backward_scratch: Space,
}

impl Needs {
    /// The needs of so many times as many samples.
    #[must_use]
    pub fn times(&self, samples: &Dim) -> Self {
        let Self { inputs, output, saved, forward_scratch, backward_scratch } = self;
        let [saved, forward_scratch, backward_scratch] = [saved, forward_scratch, backward_scratch].map(|it| it.times(samples));
        Self { inputs: *inputs, output: *output, saved, forward_scratch, backward_scratch }
    }
}
