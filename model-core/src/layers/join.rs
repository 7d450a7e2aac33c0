//! What layers and operations share that put tensors one behind the other.

use model_graph::argument::Axis;

use crate::few::Few;
use crate::float::Float;
use crate::kernels::concatenate;
use crate::layer::{Backward, Forward, View};
use crate::layers::geometry::around;

/// What each input contributes to a row of the output: the axis with all that comes behind it.
fn sizes<T>(axis: Axis, inputs: &[View<'_, T>]) -> Few<usize> {
    let axis = axis.in_sample(inputs[0].shape.len()).expect("the shape rule has checked the axis");
    let size = |input: &View<'_, T>| {
        let [_, size, inner] = around(1, input.shape, axis);
        size * inner
    };
    inputs.iter().map(size).collect()
}

pub(super) fn forward<T: Float>(axis: Axis, call: Forward<'_, T>) {
    let inputs: Few<&[T]> = call.inputs.iter().map(|input| input.data).collect();
    concatenate::forward(&inputs, &sizes(axis, call.inputs), call.output);
}

pub(super) fn backward<T: Float>(axis: Axis, call: Backward<'_, T>) {
    let sizes = sizes(axis, call.inputs);
    for (index, gradient) in call.d_inputs.iter_mut().enumerate() {
        if let Some(gradient) = gradient {
            concatenate::backward(call.d_output, &sizes, index, gradient.data, gradient.accumulate);
        }
    }
}
