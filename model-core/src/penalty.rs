//! What the loss includes for weights, and what weights are made to be after a step: which of the kernels does it.

use model_graph::argument::{Constraint, Regularizer, Vectors};

use crate::float::Float;
use crate::kernels::constraint::{non_negative, rescale};
use crate::kernels::penalty::{self, absolute_sum, add_absolute_gradient, add_square_gradient, square_sum};
use crate::layer::Weight;
use crate::layers::entry::compiled;

/// What Keras adds to a norm that it divides by.
const EPSILON: f64 = 1e-7;

/// The penalty on a weight.
pub fn value<T: Float>(weight: &Weight<T>) -> f64 {
    if weight.regularizer.is_some() { T::select::<Judging<'_>>(weight) } else { 0.0 }
}

/// Adds the gradient of the penalty on a weight to the weight's own.
pub fn add_gradient<T: Float>(weight: &Weight<T>, gradient: &mut Weight<T>) {
    if weight.regularizer.is_some() {
        T::select::<Deriving<'_>>((weight, gradient));
    }
}

/// Makes a weight what it is to be after a step.
pub fn constrain<T: Float>(weight: &mut Weight<T>) {
    if weight.constraint.is_some() {
        T::select::<Constraining<'_>>(weight);
    }
}

fn penalty_of<T: Float>(weight: &Weight<T>) -> f64 {
    let w = &weight.data;
    let some = |factor: f64, sum: fn(&[T]) -> f64| if factor == 0.0 { 0.0 } else { factor * sum(w) };
    match weight.regularizer {
        None => 0.0,
        Some(Regularizer::L1 { l1 }) => some(l1, absolute_sum),
        Some(Regularizer::L2 { l2 }) => some(l2, square_sum),
        Some(Regularizer::L1L2 { l1, l2 }) => some(l1, absolute_sum) + some(l2, square_sum),
        Some(Regularizer::Orthogonal { factor, mode }) => factor * vectors(weight, mode).mean_cosine(w),
    }
}

fn add_gradient_of<T: Float>(weight: &Weight<T>, gradient: &mut [T]) {
    let w = &weight.data;
    match weight.regularizer {
        None => {}
        Some(Regularizer::L1 { l1 }) => add_absolute_gradient(l1, w, gradient),
        Some(Regularizer::L2 { l2 }) => add_square_gradient(l2, w, gradient),
        Some(Regularizer::L1L2 { l1, l2 }) => {
            add_absolute_gradient(l1, w, gradient);
            add_square_gradient(l2, w, gradient);
        }
        Some(Regularizer::Orthogonal { factor, mode }) => vectors(weight, mode).add_gradient(factor, w, gradient),
    }
}

fn constrain_by<T: Float>(weight: &mut Weight<T>) {
    let Weight { constraint, shape, data, .. } = weight;
    let Some(constraint) = constraint else { return };
    let axes = constraint.axes();
    let is_along = |axis| axes.is_some_and(|axes| axes.contains(axis, shape.len()));
    match *constraint {
        Constraint::NonNeg => non_negative(data),
        Constraint::MaxNorm { max_value, .. } => {
            rescale(data, shape, is_along, |norm| norm.min(max_value) / (EPSILON + norm));
        }
        Constraint::MinMaxNorm { min_value, max_value, rate, .. } => rescale(data, shape, is_along, |norm| {
            (rate * norm.max(min_value).min(max_value) + (1.0 - rate) * norm) / (EPSILON + norm)
        }),
        Constraint::UnitNorm { .. } => rescale(data, shape, is_along, |norm| 1.0 / (EPSILON + norm)),
    }
}

/// The vectors that a weight, which is a matrix, is made of.
fn vectors<T: Float>(weight: &Weight<T>, mode: Vectors) -> penalty::Vectors {
    penalty::Vectors::new([weight.shape[0], weight.shape[1]], mode == Vectors::Rows)
}

compiled! {
    Judging: &'a Weight<T> => f64, |weight| penalty_of(weight);
    Deriving: (&'a Weight<T>, &'a mut Weight<T>) => (), |(weight, gradient)| add_gradient_of(weight, &mut gradient.data);
    Constraining: &'a mut Weight<T> => (), |weight| constrain_by(weight);
}
