//! Single steps of sequences, which lie apart.

use crate::float::Float;

/// One step of a sequence of samples, `[batch, steps, size]`.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub step: usize,
    pub steps: usize,
    pub size: usize,
}

impl Step {
    fn places(self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let Self { step, steps, size } = self;
        (0..).map(move |sample| (sample * steps + step) * size..).map(move |place| place.start..place.start + size)
    }

    /// Copies the step out of the sequence.
    pub fn take<T: Copy>(self, all: &[T], own: &mut [T]) {
        own.chunks_exact_mut(self.size.max(1)).zip(self.places()).for_each(|(own, place)| own.copy_from_slice(&all[place]));
    }

    /// Puts the step into the sequence.
    pub fn put<T: Copy>(self, own: &[T], all: &mut [T]) {
        own.chunks_exact(self.size.max(1)).zip(self.places()).for_each(|(own, place)| all[place].copy_from_slice(own));
    }

    /// Adds the step to the sequence.
    pub fn add<T: Float>(self, own: &[T], all: &mut [T]) {
        for (own, place) in own.chunks_exact(self.size.max(1)).zip(self.places()) {
            all[place].iter_mut().zip(own).for_each(|(all, &own)| *all += own);
        }
    }
}
