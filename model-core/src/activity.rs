//! Penalties on what layers give: terms of the loss, summed in the order of the calls, and their gradients.

use std::sync::atomic::{AtomicU64, Ordering};

use model_graph::argument::Regularizer;

use crate::few::Few;
use crate::float::Float;
use crate::layer::{Backward, Context, Forward};
use crate::penalty;

/// The penalties on what layers give, summed over a pass.
#[derive(Debug, Default)]
pub struct Penalties(AtomicU64);

impl Penalties {
    /// Their sum.
    #[must_use]
    pub fn sum(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }

    /// Adds one. Calls of a pass run one after the other.
    pub(crate) fn add(&self, penalty: f64) {
        self.0.store((self.sum() + penalty).to_bits(), Ordering::Relaxed);
    }
}

/// A penalty on what is given for the samples of a pass.
#[derive(Clone, Copy)]
pub(crate) struct Activity {
    regularizer: Regularizer,
    samples: usize,
}

impl Activity {
    pub(crate) const fn new(regularizer: Regularizer, context: Context<'_>) -> Self {
        Self { regularizer, samples: context.samples }
    }

    /// The matrix of samples and what each gives.
    fn shape(self, elements: usize) -> [usize; 2] {
        [self.samples, elements / self.samples.max(1)]
    }

    /// Counts the penalty, if the pass sums penalties.
    pub(crate) fn count<T: Float>(self, context: Context<'_>, given: &[T]) {
        if let Some(penalties) = context.penalties {
            let value = penalty::value_of(self.regularizer, self.shape(given.len()), given);
            penalties.add(value / self.samples.max(1) as f64);
        }
    }

    /// Adds the gradient of the penalty.
    pub(crate) fn add_gradient<T: Float>(self, given: &[T], gradient: &mut [T]) {
        let share = 1.0 / self.samples.max(1) as f64;
        penalty::add_gradient_of(self.regularizer, share, self.shape(given.len()), given, gradient);
    }
}

/// Runs a layer, counts the penalty on all that it gives, and keeps that for backward, in front of what the layer saves.
/// The last `hidden` of its other outputs are none of the call's.
pub(crate) fn forward<T: Float>(regularizer: Regularizer, hidden: usize, call: Forward<'_, T>, run: &dyn Fn(Forward<'_, T>)) {
    let Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch } = call;
    let others = more.len().saturating_sub(hidden);
    let given: usize = more[..others].iter().map(|other| other.len()).sum::<usize>() + output.len();
    let (mut kept, saved) = saved.split_at_mut(if saved.is_empty() { 0 } else { given });
    {
        let output = &mut *output;
        let more: &mut [&mut [T]] = &mut more.iter_mut().map(|other| &mut **other).collect::<Few<_>>();
        run(Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch });
    }
    let activity = Activity::new(regularizer, context);
    for given in std::iter::once(&*output).chain(more[..others].iter().map(|other| &**other)) {
        activity.count(context, given);
        if !kept.is_empty() {
            let (own, rest) = std::mem::take(&mut kept).split_at_mut(given.len());
            own.copy_from_slice(given);
            kept = rest;
        }
    }
}

/// Goes back through a layer, from gradients to which those of the penalty have been added.
pub(crate) fn backward<T: Float>(regularizer: Regularizer, call: Backward<'_, T>, run: &dyn Fn(Backward<'_, T>)) {
    let Backward { context, key, weights, inputs, output, d_output, more, d_inputs, gradients, saved, scratch } = call;
    let given: usize = more.iter().map(|other| other.len()).sum::<usize>() + d_output.len();
    let (kept, saved) = saved.split_at_mut(given);
    let (activity, mut kept) = (Activity::new(regularizer, context), &*kept);
    for gradient in std::iter::once(&mut *d_output).chain(more.iter_mut().map(|other| &mut **other)) {
        let (own, rest) = kept.split_at(gradient.len());
        activity.add_gradient(own, gradient);
        kept = rest;
    }
    run(Backward { context, key, weights, inputs, output, d_output, more, d_inputs, gradients, saved, scratch });
}
