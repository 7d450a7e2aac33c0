//! All gradients of a convolution with its activation.

use super::super::fused::Fused;
use super::super::relu::fused_gradient;
use super::{Geometry, input_gradient, weight_gradient};
use crate::float::Float;

/// What a convolution's backward pass reads.
#[derive(Clone, Copy, Debug)]
pub struct Saved<'a, T> {
    /// The input.
    pub input: &'a [T],
    /// The output, after the activation. Without an activation it is not read and may be empty.
    pub output: &'a [T],
    /// The kernel.
    pub kernel: &'a [T],
}

/// Where a convolution's gradients go.
#[derive(Debug)]
pub struct Gradients<'a, T> {
    /// The input's, and whether it is added to what is there; `None` where nobody needs it.
    pub input: Option<(&'a mut [T], bool)>,
    /// The kernel's.
    pub kernel: &'a mut [T],
    /// The bias's, of a convolution that has one.
    pub bias: Option<&'a mut [T]>,
    /// Whether the weights' gradients are added to what is there.
    pub accumulate_weights: bool,
}

/// The activation's derivative, then the gradients of the bias, the kernel and the input.
///
/// `d_output` is the gradient of the activation's result; it becomes that of its operand.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn backward<T: Float>(
    geometry: &Geometry,
    batch: usize,
    saved: Saved<'_, T>,
    fused: Fused,
    d_output: &mut [T],
    gradients: Gradients<'_, T>,
) {
    fused_gradient(fused, saved.output, d_output);
    let Gradients { input, kernel, bias, accumulate_weights } = gradients;
    weight_gradient(geometry, batch, saved.input, d_output, kernel, bias, accumulate_weights);
    if let Some((d_input, accumulate)) = input {
        input_gradient(geometry, batch, d_output, saved.kernel, d_input, accumulate);
    }
}
