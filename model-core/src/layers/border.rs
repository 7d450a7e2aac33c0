//! What padding and cropping share over the rank: their sizes, and running them; each is the other's derivative.

use crate::float::Float;
use crate::kernels::border::{self, Inset};
use crate::layer::{Backward, Forward};
use crate::layers::geometry::{per_axis, volume};

/// The smaller shape within the larger one, with so much at the ends of each axis.
fn inset<const N: usize>(ends: &[[usize; 2]; N], outer: &[usize], inner: &[usize]) -> Inset {
    Inset { outer: volume(outer), inner: volume(inner), start: per_axis(ends.map(|[first, _]| first), 0) }
}

/// Zeros around the input.
pub(super) fn pad<T: Float, const N: usize>(ends: &[[usize; 2]; N], call: Forward<'_, T>) {
    let inset = inset(ends, call.output_shape, call.inputs[0].shape);
    border::pad(&inset, call.inputs[0].data, call.output, false);
}

/// The gradients of [`pad`].
pub(super) fn pad_backward<T: Float, const N: usize>(ends: &[[usize; 2]; N], call: Backward<'_, T>) {
    let inset = inset(ends, call.output.shape, call.inputs[0].shape);
    if let Some(gradient) = &mut call.d_inputs[0] {
        border::crop(&inset, call.d_output, gradient.data, gradient.accumulate);
    }
}

/// The middle of the input.
pub(super) fn crop<T: Float, const N: usize>(ends: &[[usize; 2]; N], call: Forward<'_, T>) {
    let inset = inset(ends, call.inputs[0].shape, call.output_shape);
    border::crop(&inset, call.inputs[0].data, call.output, false);
}

/// The gradients of [`crop`].
pub(super) fn crop_backward<T: Float, const N: usize>(ends: &[[usize; 2]; N], call: Backward<'_, T>) {
    let inset = inset(ends, call.inputs[0].shape, call.output.shape);
    if let Some(gradient) = &mut call.d_inputs[0] {
        border::pad(&inset, call.d_output, gradient.data, gradient.accumulate);
    }
}
