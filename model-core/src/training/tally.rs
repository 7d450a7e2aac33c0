//! Running means of what is reported, over the batches of an epoch. What the mask of an output leaves out counts for nothing.

use super::setup::Setup;
use crate::buffer::Buffer;
use crate::few::Few;
use crate::given::Samples;

/// Sums and counts, in the order of the setup's names.
#[derive(Debug)]
pub(crate) struct Tally {
    sums: Vec<(f64, usize)>,
}

impl Tally {
    pub(crate) fn new(setup: &Setup) -> Self {
        Self { sums: vec![(0.0, 0); setup.names.len()] }
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.sums.fill((0.0, 0));
    }

    /// Adds a batch with its outputs, and the losses that they were found to have.
    pub(crate) fn add(&mut self, setup: &Setup, batch: &Samples<'_>, outputs: &[Buffer<f32>], total: f64, losses: &[f64]) {
        let mut sums = self.sums.iter_mut();
        let mut add = |sum: f64, count: usize| {
            let (all, counted) = sums.next().expect("every value has a name");
            (*all, *counted) = (*all + sum, *counted + count);
        };
        add(total * batch.len as f64, batch.len);
        for (i, rules) in setup.rules.iter().enumerate() {
            let (output, row) = (&outputs[i][..], setup.row(i, batch));
            if losses.len() > 1 {
                add(losses[i] * batch.len as f64, batch.len);
            }
            for measure in &rules.metrics {
                let mask = setup.mask(i, outputs);
                add(measure.sum(&batch.targets[i], output, row, mask), measure.count(output.len(), row, mask));
            }
        }
    }

    /// The mean of the value at `place`; that of nothing is zero.
    pub(crate) fn mean(&self, place: usize) -> f64 {
        let (sum, count) = self.sums[place];
        if count == 0 { 0.0 } else { sum / count as f64 }
    }
}

impl Setup {
    /// The size of the last axis of an output.
    pub(crate) fn row(&self, output: usize, batch: &Samples<'_>) -> usize {
        self.outputs[output].0.row(&batch.named)
    }

    /// Which positions of an output count, where it has a mask.
    fn mask<'o>(&self, output: usize, outputs: &'o [Buffer<f32>]) -> Option<&'o [f32]> {
        self.masks[output].map(|mask| &outputs[mask][..])
    }

    /// The weighted sum of the losses of a batch, and each of them. The gradients of the sum go into `d_outputs`, where there are any; those
    /// of masks are zero.
    pub(crate) fn losses(
        &self,
        batch: &Samples<'_>,
        outputs: &[Buffer<f32>],
        mut d_outputs: Option<&mut [Buffer<f32>]>,
    ) -> (f64, Few<f64>) {
        let (mut total, mut losses) = (0.0, Few::new());
        for (i, rules) in self.rules.iter().enumerate() {
            let d_output: &mut [f32] = d_outputs.as_mut().map_or(&mut [], |d_outputs| &mut d_outputs[i]);
            let (row, mask) = (self.row(i, batch), self.mask(i, outputs));
            let loss = rules.loss.mean(&batch.targets[i], &outputs[i], row, mask, d_output);
            if rules.weight != 1.0 {
                let weight = rules.weight as f32;
                d_output.iter_mut().for_each(|d| *d *= weight);
            }
            total += rules.weight * loss;
            losses.push(loss);
        }
        for mask in self.masks.iter().flatten() {
            d_outputs.iter_mut().for_each(|d_outputs| d_outputs[*mask].fill(0.0));
        }
        (total, losses)
    }
}
