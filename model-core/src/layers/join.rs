//! What layers and operations share that put tensors one behind the other.

use model_graph::argument::Axis;

use crate::few::Few;
use crate::float::Float;
use crate::kernels::concatenate;
use crate::layer::{Backward, Forward, View};

/// What each input contributes to a row of the output: the axis with all that comes behind it.
fn sizes<T>(axis: Axis, is_new: bool, inputs: &[View<'_, T>]) -> Few<usize> {
    let rank = inputs[0].shape.len() + usize::from(is_new);
    let axis = axis.in_sample(rank).expect("the shape rule has checked the axis");
    inputs.iter().map(|input| input.shape[axis..].iter().product()).collect()
}

/// Along an axis of the inputs, or one that `is_new`, before which they stand whole.
pub(super) fn forward<T: Float>(axis: Axis, is_new: bool, call: Forward<'_, T>) {
    let inputs: Few<&[T]> = call.inputs.iter().map(|input| input.data).collect();
    concatenate::forward(&inputs, &sizes(axis, is_new, call.inputs), call.output);
}

pub(super) fn backward<T: Float>(axis: Axis, is_new: bool, call: Backward<'_, T>) {
    let sizes = sizes(axis, is_new, call.inputs);
    for (index, gradient) in call.d_inputs.iter_mut().enumerate() {
        if let Some(gradient) = gradient {
            concatenate::backward(call.d_output, &sizes, index, gradient.data, gradient.accumulate);
        }
    }
}
