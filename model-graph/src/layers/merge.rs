//! What the layers share that combine tensors of one shape element by element.

use crate::layers::activated::require_floats;
use crate::problem::Problem;
use crate::shape::TensorType;

/// All inputs have one shape, and so has the output. Nothing is broadcast.
pub(super) fn infer(inputs: &[TensorType]) -> Result<TensorType, Problem> {
    require_floats(inputs)?;
    if inputs.iter().any(|input| input.shape != inputs[0].shape) {
        return Err(Problem::Differ { shapes: inputs.iter().map(|input| input.shape.clone()).collect(), except: None });
    }
    Ok(inputs[0].clone())
}
