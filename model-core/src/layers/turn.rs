//! What layers and operations share that put axes in another order.

use crate::few::Few;
use crate::float::Float;
use crate::kernels::permute;
use crate::layer::{Backward, Forward};

/// How far the elements of a shape lie apart along each of its axes.
fn strides(shape: &[usize]) -> Few<usize> {
    (0..shape.len()).map(|axis| shape[axis + 1..].iter().product()).collect()
}

/// `axis_at` is the input's axis at each place of the output's.
pub(super) fn forward<T: Float>(axis_at: impl Fn(usize) -> usize, call: Forward<'_, T>) {
    let strides = strides(call.inputs[0].shape);
    let turned: Few<usize> = (0..strides.len()).map(|place| strides[axis_at(place)]).collect();
    permute::gather(call.inputs[0].data, &turned, call.output, call.output_shape, false);
}

pub(super) fn backward<T: Float>(axis_at: impl Fn(usize) -> usize, call: Backward<'_, T>) {
    let strides = strides(call.output.shape);
    let mut turned = strides.iter().copied().collect::<Few<usize>>();
    for (place, &stride) in strides.iter().enumerate() {
        turned[axis_at(place)] = stride;
    }
    if let Some(gradient) = &mut call.d_inputs[0] {
        permute::gather(call.d_output, &turned, gradient.data, call.inputs[0].shape, gradient.accumulate);
    }
}
