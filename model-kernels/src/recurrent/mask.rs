//! Steps that are not looked at: what was there before them stays.

use std::ops::Range;

use crate::float::Float;

/// Which steps of each sample are looked at.
#[derive(Clone, Copy, Debug)]
pub struct Mask<'a, T> {
    /// `[sample][step]`, 0 where a step is not looked at.
    pub steps: &'a [T],
    /// Whether such a step gives zeros, not the state that stays.
    pub gives_zeros: bool,
}

impl<'a, T: Float> Mask<'a, T> {
    /// That of some of the samples, of so many steps each.
    pub(super) fn of(&self, samples: &Range<usize>, steps: usize) -> Self {
        Self { steps: &self.steps[samples.start * steps..samples.end * steps], ..*self }
    }

    /// Runs `work` on each of the samples that do not look at a step of so many.
    fn each(&self, [steps, time]: [usize; 2], mut work: impl FnMut(usize)) {
        for (sample, mask) in self.steps.chunks_exact(steps).enumerate() {
            if mask[time] == T::ZERO {
                work(sample);
            }
        }
    }

    /// Gives the samples that do not look at a step what was `kept`, a row of so many elements each.
    pub(super) fn keep(&self, step: [usize; 2], kept: &[T], row: usize, now: &mut [T]) {
        self.each(step, |sample| {
            let sample = sample * row..(sample + 1) * row;
            now[sample.clone()].copy_from_slice(&kept[sample]);
        });
    }

    /// Makes the rows of the samples that do not look at a step zeros.
    pub(super) fn clear(&self, step: [usize; 2], row: usize, now: &mut [T]) {
        self.each(step, |sample| now[sample * row..][..row].fill(T::ZERO));
    }

    /// The same, of what a step gives.
    pub(super) fn clear_given(&self, step: [usize; 2], row: usize, given: &mut [T]) {
        if self.gives_zeros {
            self.clear(step, row, given);
        }
    }
}
