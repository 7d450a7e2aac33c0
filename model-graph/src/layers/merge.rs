//! What the layers share that combine tensors element by element.

use crate::layers::activated::require_floats;
use crate::problem::Problem;
use crate::shape::TensorType;

/// All inputs have one shape, and so has the output; an axis of size 1 is stretched to the others' size.
pub(super) fn infer(inputs: &[TensorType]) -> Result<TensorType, Problem> {
    require_floats(inputs)?;
    let mut shapes = inputs.iter().map(|input| &input.shape);
    let first = shapes.next().cloned().unwrap_or_default();
    match shapes.try_fold(first, |merged, shape| merged.merged(shape)) {
        Some(merged) => Ok(inputs[0].with_shape(merged)),
        None => Err(Problem::Differ { shapes: inputs.iter().map(|input| input.shape.clone()).collect(), except: None }),
    }
}
