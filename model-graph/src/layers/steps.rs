//! Sequences and their steps, where something is done with each step by itself.

use crate::dim::Dim;
use crate::problem::{Inside, Problem};
use crate::shape::{Shape, TensorType};

const AXES: &[&str] = &["steps", "features"];

/// How many steps a sequence has, and the type of one.
///
/// # Errors
/// If it has no steps.
pub fn split(sequence: &TensorType) -> Result<(Dim, TensorType), Problem> {
    match sequence.shape.0.split_first() {
        Some((steps, step)) if !step.is_empty() => Ok((steps.clone(), sequence.with_shape(Shape(step.to_vec())))),
        _ => Err(Problem::Rank { operand: 0, expected: AXES, found: sequence.shape.clone() }),
    }
}

/// So many steps of a type.
pub fn joined(steps: Dim, step: &TensorType) -> TensorType {
    step.with_shape(Shape(std::iter::once(steps).chain(step.shape.0.iter().cloned()).collect()))
}

/// What is wrong with a layer or model that is handed one step.
pub fn within(layer: String, class: &str, part: TensorType, problem: Problem) -> Problem {
    Problem::Inside(Box::new(Inside { layer, class: class.to_owned(), part, problem }))
}
