//! What is reported, as it comes together, over the batches of an epoch. What the mask of an output leaves out counts for nothing, and what
//! has weights counts as much in the loss and in the metrics that look at them.

use std::borrow::Cow;

use super::setup::Setup;
use crate::buffer::Buffer;
use crate::error::Result;
use crate::few::Few;
use crate::given::{self, Judged, Samples};
use crate::metrics::State;

/// Sums of losses, and what metrics remember.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Of the sum that is trained on, and of each output's loss, if there are several: the sum, and of how many samples.
    losses: Vec<(f64, usize)>,
    metrics: Vec<Box<dyn State>>,
    /// Where each value is, in the order of the setup's names.
    places: Vec<Place>,
}

/// Where a value is.
#[derive(Clone, Copy, Debug)]
enum Place {
    Loss(usize),
    /// A metric, and which of its values.
    Metric(usize, usize),
}

impl Tally {
    /// Of what has not been measured yet: what the setup's metrics remember.
    pub(crate) fn new(setup: &Setup, metrics: Vec<Box<dyn State>>) -> Self {
        let mut tally = Self { losses: vec![(0.0, 0)], metrics, places: vec![Place::Loss(0)] };
        let mut own = 0..;
        for rules in &setup.rules {
            if setup.rules.len() > 1 {
                tally.places.push(Place::Loss(tally.losses.len()));
                tally.losses.push((0.0, 0));
            }
            for (metric, place) in rules.metrics.iter().zip(own.by_ref()) {
                tally.places.extend((0..metric.values).map(|value| Place::Metric(place, value)));
            }
        }
        tally
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.losses.fill((0.0, 0));
        self.metrics.iter_mut().for_each(|state| state.clear());
    }

    /// Adds a batch with its outputs and how much their positions count, and the losses that they were found to have.
    pub(crate) fn add(
        &mut self,
        setup: &Setup,
        batch: &Samples<'_>,
        (outputs, counts): (&[Buffer<f32>], &[Buffer<f32>]),
        total: f64,
        losses: &[f64],
    ) -> Result<()> {
        let own = if losses.len() > 1 { losses } else { &[] };
        for ((sum, count), loss) in self.losses.iter_mut().zip(std::iter::once(&total).chain(own)) {
            (*sum, *count) = (*sum + loss * batch.len as f64, *count + batch.len);
        }
        let mut states = self.metrics.iter_mut();
        for (i, rules) in setup.rules.iter().enumerate() {
            let shape = setup.shape(i, batch);
            let judged = setup.judged(i, batch, outputs, &shape);
            let weighted = setup.weighted(i, batch, judged, counts);
            let states = states.by_ref().take(rules.metrics.len());
            let mut metrics = rules.metrics.iter().zip(states);
            metrics.try_for_each(|(metric, state)| state.add(if metric.is_weighted { weighted } else { judged }))?;
        }
        Ok(())
    }

    /// The value at `place`; the mean of nothing is zero.
    pub(crate) fn mean(&self, place: usize) -> f64 {
        match self.places[place] {
            Place::Metric(metric, value) => self.metrics[metric].value(value),
            Place::Loss(loss) => match self.losses[loss] {
                (_, 0) => 0.0,
                (sum, count) => sum / count as f64,
            },
        }
    }
}

impl Setup {
    /// The shape of a sample of an output.
    fn shape(&self, output: usize, batch: &Samples<'_>) -> Cow<'_, [usize]> {
        self.outputs[output].0.shape(&batch.named)
    }

    /// An output of a batch, with its target, of which counts what its mask says.
    fn judged<'b>(&self, output: usize, batch: &'b Samples<'_>, outputs: &'b [Buffer<f32>], shape: &'b [usize]) -> Judged<'b> {
        let (target, mask) = (&batch.targets[output], self.mask(output, outputs));
        Judged { target, output: &outputs[output], samples: batch.len, shape, mask, counted: mask }
    }

    /// The same, of which each position counts as much as its weight says, too.
    fn weighted<'b>(&self, output: usize, batch: &'b Samples<'_>, judged: Judged<'b>, counts: &'b [Buffer<f32>]) -> Judged<'b> {
        match batch.weights.get(output).and_then(Option::as_deref) {
            None => judged,
            Some(weights) if judged.mask.is_none() => Judged { mask: Some(weights), ..judged },
            Some(_) => Judged { mask: Some(&counts[output]), ..judged },
        }
    }

    /// Works out how much the positions count of the outputs that have both a mask and weights.
    pub(crate) fn count(&self, batch: &Samples<'_>, outputs: &[Buffer<f32>], counts: &mut Vec<Buffer<f32>>) {
        counts.resize_with(self.rules.len(), Buffer::new);
        for (output, counts) in counts.iter_mut().enumerate() {
            let weights = batch.weights.get(output).and_then(Option::as_deref);
            let Some((mask, weights)) = self.mask(output, outputs).zip(weights) else { continue };
            counts.resize(mask.len().max(weights.len()));
            given::count(mask, weights, counts);
        }
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
        (outputs, counts): (&[Buffer<f32>], &[Buffer<f32>]),
        mut d_outputs: Option<&mut [Buffer<f32>]>,
    ) -> Result<(f64, Few<f64>)> {
        let (mut total, mut losses) = (0.0, Few::new());
        for (i, rules) in self.rules.iter().enumerate() {
            let d_output: &mut [f32] = d_outputs.as_mut().map_or(&mut [], |d_outputs| &mut d_outputs[i]);
            let shape = self.shape(i, batch);
            let judged = self.weighted(i, batch, self.judged(i, batch, outputs, &shape), counts);
            let loss = rules.loss.mean(judged, d_output)?;
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
        Ok((total, losses))
    }
}
