//! What a model gave for a batch, beside what it should have given.

use super::samples::Target;

/// What a loss or a metric judges: an output of a batch, with its target.
#[derive(Clone, Copy)]
pub(crate) struct Judged<'a> {
    pub(crate) target: &'a Target<'a>,
    pub(crate) output: &'a [f32],
    /// How many samples there are.
    pub(crate) samples: usize,
    /// The shape of a sample.
    pub(crate) shape: &'a [usize],
    /// How much each position counts: a number for each sample, or for each of its positions; all count 1 where there is none.
    pub(crate) mask: Option<&'a [f32]>,
    /// What a mask says of that, without weights. What it leaves out is no part of a mean; what has weights is, as Keras has it.
    pub(crate) counted: Option<&'a [f32]>,
}

/// How much the positions of an output count that has both a mask and weights: room for that, `counts`, is as long as the longer of the two.
pub(crate) fn count(mask: &[f32], weights: &[f32], counts: &mut [f32]) {
    let positions = counts.len();
    let of = |all: &[f32], place: usize| all[place / (positions / all.len())];
    counts.iter_mut().enumerate().for_each(|(place, count)| *count = of(mask, place) * of(weights, place));
}

impl Judged<'_> {
    /// The size of the last axis.
    pub(crate) fn row(&self) -> usize {
        self.shape.last().copied().unwrap_or(1)
    }

    /// The whole shape of the output, the batch first.
    pub(crate) fn whole(&self) -> Vec<usize> {
        std::iter::once(self.samples).chain(self.shape.iter().copied()).collect()
    }

    /// The whole shape of the target, which leaves the last axis out where it is labels. Rows of labels may be shorter than the output.
    pub(crate) fn target_shape(&self) -> Vec<usize> {
        let mut shape = self.whole();
        if let Target::Labels(labels) = self.target {
            shape.pop();
            if shape.iter().product::<usize>() != labels.len() {
                shape = vec![self.samples, labels.len() / self.samples.max(1)];
            }
        }
        shape
    }
}
