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
    /// What the mean over all positions comes to, times this, is the loss: what a mask leaves out is no part of the mean, as Keras has it,
    /// and what has weights is.
    pub(crate) factor: f64,
}

/// The factor of a mask: by how much the mean over what counts is more than that over everything.
pub(crate) fn factor(mask: Option<&[f32]>) -> f64 {
    let Some(mask) = mask else { return 1.0 };
    let counted: f64 = mask.iter().map(|&counts| f64::from(counts)).sum();
    if counted > 0.0 { mask.len() as f64 / counted } else { 0.0 }
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

    /// The whole shape of the target, which leaves the last axis out where it is labels.
    pub(crate) fn target_shape(&self) -> Vec<usize> {
        let mut shape = self.whole();
        if let Target::Labels(_) = self.target {
            shape.pop();
        }
        shape
    }
}
