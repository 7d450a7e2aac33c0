//! What up-sampling shares over the rank: its sizes, and repeating elements.

use crate::float::Float;
use crate::kernels::up_sampling::{Geometry, nearest_backward, nearest_forward};
use crate::layer::{Backward, Forward};
use crate::layers::geometry::{per_axis, volume};

/// The sizes of an input each of whose axes becomes so many times as large.
pub(super) fn geometry<const N: usize>(factors: [usize; N], input: &[usize]) -> Geometry {
    Geometry { input: volume(input), factors: per_axis(factors, 1) }
}

/// Every element, repeated.
pub(super) fn repeat<T: Float, const N: usize>(factors: [usize; N], call: Forward<'_, T>) {
    nearest_forward(&geometry(factors, call.inputs[0].shape), call.inputs[0].data, call.output);
}

/// The gradients of [`repeat`].
pub(super) fn repeat_backward<T: Float, const N: usize>(factors: [usize; N], call: Backward<'_, T>) {
    let geometry = geometry(factors, call.inputs[0].shape);
    if let Some(gradient) = &mut call.d_inputs[0] {
        nearest_backward(&geometry, call.d_output, gradient.data, gradient.accumulate);
    }
}
