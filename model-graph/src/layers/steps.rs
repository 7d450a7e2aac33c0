//! Sequences and their steps, where something is done with each step by itself.

use crate::dim::Dim;
use crate::problem::{Inside, Problem};
use crate::shape::{Shape, TensorType};

const AXES: &[&str] = &["steps", "features"];

/// How many steps a sequence has, and the type of one; it may be a single number.
///
/// # Errors
/// If it has no steps.
pub fn split(sequence: &TensorType) -> Result<(Dim, TensorType), Problem> {
    match sequence.shape.0.split_first() {
        Some((steps, step)) => Ok((steps.clone(), sequence.with_shape(Shape(step.to_vec())))),
        None => Err(no_steps(sequence)),
    }
}

/// The same of a sequence whose steps have features.
///
/// # Errors
/// If it has no steps, or these have none.
pub fn split_features(sequence: &TensorType) -> Result<(Dim, TensorType), Problem> {
    split(sequence).and_then(|(steps, step)| if step.shape.rank() > 0 { Ok((steps, step)) } else { Err(no_steps(sequence)) })
}

fn no_steps(sequence: &TensorType) -> Problem {
    Problem::Rank { operand: 0, expected: AXES, found: sequence.shape.clone() }
}

/// So many steps of a type.
pub fn joined(steps: Dim, step: &TensorType) -> TensorType {
    step.with_shape(Shape(std::iter::once(steps).chain(step.shape.0.iter().cloned()).collect()))
}

/// What is wrong with a layer or model that is handed one step.
pub fn within(layer: String, class: &str, part: TensorType, problem: Problem) -> Problem {
    Problem::Inside(Box::new(Inside { layer, class: class.to_owned(), part, problem }))
}
