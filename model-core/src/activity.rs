//! Penalties on what layers give: terms of the loss, summed in the order of the calls, and their gradients.

use std::sync::atomic::{AtomicU64, Ordering};

use model_graph::argument::Regularizer;
use model_graph::shape::{Shape, TensorType};

use crate::few::Few;
use crate::float::Float;
use crate::layer::{Backward, Context, Forward, View};
use crate::layers::inner::take;
use crate::layers::reach::InReach;
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
pub(crate) struct Activity<'c> {
    regularizer: Regularizer,
    context: Context<'c>,
}

impl<'c> Activity<'c> {
    pub(crate) const fn new(regularizer: Regularizer, context: Context<'c>) -> Self {
        Self { regularizer, context }
    }

    /// The matrix of samples and what each gives.
    fn matrix(self, elements: usize) -> [usize; 2] {
        let samples = self.context.batch / self.context.steps.max(1);
        [samples, elements / samples.max(1)]
    }

    /// The whole shapes of what a call gives, so many others behind the first, where the penalty looks at them.
    fn shapes<T>(self, inputs: &[View<'_, T>], output: &[usize], others: usize, outputs: Outputs<'_>) -> Vec<Vec<usize>> {
        if !matches!(self.regularizer, Regularizer::Own(_)) {
            return Vec::new();
        }
        let input = inputs.first().filter(|_| others > 0).map(|input| TensorType::f32(Shape::from(input.shape)));
        let others = input.map_or_else(Vec::new, |input| outputs(&[input]));
        let others = others.iter().skip(1).map(|other| other.shape.sizes().unwrap_or_default());
        let samples = std::iter::once(output.to_vec()).chain(others);
        samples.map(|sample| std::iter::once(self.context.batch).chain(sample).collect()).collect()
    }

    /// Counts the penalty on what is given, if the pass sums penalties. One of the user's own looks at the shape.
    pub(crate) fn count<T: Float>(self, shape: &[usize], given: &[T]) {
        let Some(penalties) = self.context.penalties else { return };
        let count = |value: f64| penalties.add(value / self.context.samples.max(1) as f64);
        match self.regularizer {
            Regularizer::Own(own) => {
                InReach::ask(self.context.own, |functions| functions.penalty(&own, shape, given).map(count));
            }
            regularizer => count(penalty::value_of(regularizer, self.matrix(given.len()), given)),
        }
    }

    /// Adds the gradient of the penalty.
    pub(crate) fn add_gradient<T: Float>(self, shape: &[usize], given: &[T], gradient: &mut [T]) {
        let share = 1.0 / self.context.samples.max(1) as f64;
        match self.regularizer {
            Regularizer::Own(own) => {
                InReach::ask(self.context.own, |functions| functions.add_gradient(&own, share, (shape, given), gradient));
            }
            regularizer => penalty::add_gradient_of(regularizer, share, self.matrix(given.len()), given, gradient),
        }
    }
}

/// The types of all that a layer gives for an input.
type Outputs<'l> = &'l dyn Fn(&[TensorType]) -> Vec<TensorType>;

/// Runs a layer, counts the penalty on all that it gives, and keeps that for backward, in front of what the layer saves.
/// The last `hidden` of its other outputs are none of the call's.
pub(crate) fn forward<T: Float>(
    regularizer: Regularizer,
    hidden: usize,
    call: Forward<'_, T>,
    run: &dyn Fn(Forward<'_, T>),
    outputs: Outputs<'_>,
) {
    let Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch } = call;
    let others = more.len().saturating_sub(hidden);
    let activity = Activity::new(regularizer, context);
    let shapes = activity.shapes(inputs, output_shape, others, outputs);
    let given: usize = more[..others].iter().map(|other| other.len()).sum::<usize>() + output.len();
    let (mut kept, saved) = saved.split_at_mut(if saved.is_empty() { 0 } else { given });
    {
        let output = &mut *output;
        let more: &mut [&mut [T]] = &mut more.iter_mut().map(|other| &mut **other).collect::<Few<_>>();
        run(Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch });
    }
    for (place, given) in std::iter::once(&*output).chain(more[..others].iter().map(|other| &**other)).enumerate() {
        activity.count(shape(&shapes, place), given);
        if !kept.is_empty() {
            take(&mut kept, given.len()).copy_from_slice(given);
        }
    }
}

/// Goes back through a layer, from gradients to which those of the penalty have been added.
pub(crate) fn backward<T: Float>(
    regularizer: Regularizer,
    call: Backward<'_, T>,
    run: &dyn Fn(Backward<'_, T>),
    outputs: Outputs<'_>,
) {
    let Backward { context, key, weights, inputs, output, d_output, more, d_inputs, gradients, saved, scratch } = call;
    let activity = Activity::new(regularizer, context);
    let shapes = activity.shapes(inputs, output.shape, more.len(), outputs);
    let given: usize = more.iter().map(|other| other.len()).sum::<usize>() + d_output.len();
    let (kept, saved) = saved.split_at_mut(given);
    let mut kept = &*kept;
    let all = std::iter::once(&mut *d_output).chain(more.iter_mut().map(|other| &mut **other));
    for (place, gradient) in all.enumerate() {
        let (own, rest) = kept.split_at(gradient.len());
        activity.add_gradient(shape(&shapes, place), own, gradient);
        kept = rest;
    }
    run(Backward { context, key, weights, inputs, output, d_output, more, d_inputs, gradients, saved, scratch });
}

/// The shape at a place, where shapes are looked at.
fn shape(shapes: &[Vec<usize>], place: usize) -> &[usize] {
    shapes.get(place).map_or(&[], Vec::as_slice)
}
