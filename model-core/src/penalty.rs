//! What the loss includes for weights and for what layers give, and what weights are made to be after a step: which of the kernels does it.

use model_graph::argument::{Constraint, Regularizer, Vectors};

use crate::elements::Elements;
use crate::error::Result;
use crate::float::Float;
use crate::kernels::constraint::{non_negative, rescale};
use crate::kernels::penalty::{self, absolute_sum, add_absolute_gradient, add_square_gradient, square_sum};
use crate::layer::Weight;
use crate::layers::entry::compiled;

/// What Keras adds to a norm that it divides by.
const EPSILON: f64 = 1e-7;

/// The penalty on a weight.
///
/// # Errors
/// If it is a function of the user's own that fails, or gives no number.
pub fn value<T: Float>(weight: &Weight<T>) -> Result<f64> {
    match &weight.regularizer {
        None => Ok(0.0),
        Some(Regularizer::Own(own)) => weight.own.penalty(own, weight),
        Some(regularizer) => Ok(T::select::<Judging<'_>>((*regularizer, weight))),
    }
}

/// Adds the gradient of the penalty on a weight to the weight's own.
///
/// # Errors
/// As those of [`value`].
pub fn add_gradient<T: Float>(weight: &Weight<T>, gradient: &mut Weight<T>) -> Result<()> {
    match &weight.regularizer {
        None => {}
        Some(Regularizer::Own(own)) => weight.own.add_gradient(own, weight, &mut gradient.data)?,
        Some(regularizer) => T::select::<Deriving<'_>>((*regularizer, weight, gradient)),
    }
    Ok(())
}

/// What a function of the user's own makes of a weight after a step that would make its elements these, where it has one: as it may fail, it
/// is asked before anything changes.
///
/// # Errors
/// If it fails, or gives another shape.
pub(crate) fn constrained<T: Float>(weight: &Weight<T>, elements: &[T]) -> Result<Option<Elements<T>>> {
    let Some(Constraint::Own(own)) = &weight.constraint else { return Ok(None) };
    weight.own.constrained(own, &weight.shape, elements).map(Some)
}

/// Makes a weight what it is to be after a step. Functions of the user's own have been [asked before](constrained).
pub fn constrain<T: Float>(weight: &mut Weight<T>) {
    if weight.constraint.is_some() {
        T::select::<Constraining<'_>>(weight);
    }
}

/// A penalty on numbers, which are a matrix of this shape where that matters.
pub(crate) fn value_of<T: Float>(regularizer: Regularizer, shape: [usize; 2], w: &[T]) -> f64 {
    let some = |factor: f64, sum: fn(&[T]) -> f64| if factor == 0.0 { 0.0 } else { factor * sum(w) };
    match regularizer {
        Regularizer::L1 { l1 } => some(l1, absolute_sum),
        Regularizer::L2 { l2 } => some(l2, square_sum),
        Regularizer::L1L2 { l1, l2 } => some(l1, absolute_sum) + some(l2, square_sum),
        Regularizer::Orthogonal { factor, mode } => factor * vectors(shape, mode).mean_cosine(w),
        Regularizer::Own(_) => 0.0, // is asked where it is known
    }
}

/// Adds the gradient of a share of the penalty.
pub(crate) fn add_gradient_of<T: Float>(regularizer: Regularizer, share: f64, shape: [usize; 2], w: &[T], gradient: &mut [T]) {
    match regularizer {
        Regularizer::L1 { l1 } => add_absolute_gradient(share * l1, w, gradient),
        Regularizer::L2 { l2 } => add_square_gradient(share * l2, w, gradient),
        Regularizer::L1L2 { l1, l2 } => {
            add_absolute_gradient(share * l1, w, gradient);
            add_square_gradient(share * l2, w, gradient);
        }
        Regularizer::Orthogonal { factor, mode } => vectors(shape, mode).add_gradient(share * factor, w, gradient),
        Regularizer::Own(_) => {} // is asked where it is known
    }
}

fn constrain_by<T: Float>(weight: &mut Weight<T>) {
    let Weight { constraint, shape, data, .. } = weight;
    let Some(constraint) = constraint else { return };
    let axes = constraint.axes();
    let is_along = |axis| axes.is_some_and(|axes| axes.contains(axis, shape.len()));
    match *constraint {
        Constraint::NonNeg => non_negative(data),
        Constraint::Own(_) => {}
        Constraint::MaxNorm { max_value, .. } => {
            rescale(data, shape, is_along, |norm| norm.min(max_value) / (EPSILON + norm));
        }
        Constraint::MinMaxNorm { min_value, max_value, rate, .. } => rescale(data, shape, is_along, |norm| {
            (rate * norm.max(min_value).min(max_value) + (1.0 - rate) * norm) / (EPSILON + norm)
        }),
        Constraint::UnitNorm { .. } => rescale(data, shape, is_along, |norm| 1.0 / (EPSILON + norm)),
    }
}

/// The shape of a weight that is a matrix.
fn matrix<T: Float>(weight: &Weight<T>) -> [usize; 2] {
    [0, 1].map(|axis| weight.shape.get(axis).copied().unwrap_or(1))
}

/// The vectors that a matrix is made of.
fn vectors(shape: [usize; 2], mode: Vectors) -> penalty::Vectors {
    penalty::Vectors::new(shape, mode == Vectors::Rows)
}

compiled! {
    Judging: (Regularizer, &'a Weight<T>) => f64, |(regularizer, weight)| value_of(regularizer, matrix(weight), &weight.data);
    Deriving: (Regularizer, &'a Weight<T>, &'a mut Weight<T>) => (), |(regularizer, weight, gradient)| {
        add_gradient_of(regularizer, 1.0, matrix(weight), &weight.data, &mut gradient.data);
    };
    Constraining: &'a mut Weight<T> => (), |weight| constrain_by(weight);
}
