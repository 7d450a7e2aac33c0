//! What the layers share that combine tensors element by element.

use crate::dim::Dim;
use crate::layers::activated::require_floats;
use crate::problem::{Problem, agree};
use crate::shape::{Shape, TensorType};

/// All inputs have one shape, and so has the output; an axis of size 1 is stretched to the others' size.
pub(super) fn infer(inputs: &[TensorType]) -> Result<TensorType, Problem> {
    require_floats(inputs)?;
    shape(inputs).map(TensorType::f32)
}

/// The shape that all inputs have; an axis of size 1 is stretched to the others' size.
pub(super) fn shape(inputs: &[TensorType]) -> Result<Shape, Problem> {
    let mut shapes = inputs.iter().map(|input| &input.shape);
    let first = shapes.next().cloned().unwrap_or_default();
    let merged = shapes.try_fold(first, |merged, shape| merged.merged(shape));
    merged.ok_or_else(|| differ(inputs, None))
}

/// The shape of inputs one behind the other along an axis, on which alone they may differ.
pub(super) fn joined(inputs: &[TensorType], axis: usize) -> Result<Shape, Problem> {
    let first = &inputs[0].shape;
    if !inputs.iter().all(|input| agree(&input.shape, first, Some(axis))) {
        return Err(differ(inputs, Some(axis)));
    }
    let sum = inputs.iter().try_fold(Dim::default(), |sum, input| sum.add(&input.shape.0[axis]));
    Ok(first.with(axis, sum.ok_or(Problem::Overflow)?))
}

fn differ(inputs: &[TensorType], except: Option<usize>) -> Problem {
    Problem::Differ { shapes: inputs.iter().map(|input| input.shape.clone()).collect(), except }
}
