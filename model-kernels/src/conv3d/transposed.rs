//! Transposed convolutions in three dimensions: what a convolution does to gradients, done to values.
//!
//! The geometry is that of the convolution which leads back, as in two dimensions; the kernel is Keras's,
//! `[depth][height][width][filters][channels]`.

use super::{Geometry, add, input_gradient, weight_gradient};
use crate::columns::bias_gradient;
use crate::conv2d::transposed as flat;
use crate::float::Float;
use crate::fused::Fused;
use crate::sizes::check;

/// `output = activation(transposed convolution of input + bias)`.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn forward<T: Float>(
    geometry: &Geometry,
    batch: usize,
    input: &[T],
    kernel: &[T],
    bias: Option<&[T]>,
    fused: Fused,
    output: &mut [T],
) {
    input_gradient(geometry, batch, input, kernel, output, false);
    let filters = geometry.plane.input[2];
    check("a transposed convolution", [("bias", bias.map_or(filters, <[T]>::len), &[filters])]);
    flat::finish(bias, fused, output);
}

/// The gradient of the input: the convolution of the output's, or `+=` if `accumulate`.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn transposed_input_gradient<T: Float>(
    geometry: &Geometry,
    batch: usize,
    d_output: &[T],
    kernel: &[T],
    d_input: &mut [T],
    accumulate: bool,
) {
    if let Some(plane) = geometry.flat() {
        return flat::transposed_input_gradient(plane, batch, d_output, kernel, d_input, accumulate);
    }
    geometry.check(batch, d_output.len(), kernel.len(), d_input.len());
    if !accumulate {
        d_input.fill(T::ZERO);
    }
    add(geometry, batch, d_output, kernel, d_input);
}

/// The gradients of the kernel and the bias, or `+=` if `accumulate`.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn transposed_weight_gradient<T: Float>(
    geometry: &Geometry,
    batch: usize,
    input: &[T],
    d_output: &[T],
    d_kernel: &mut [T],
    d_bias: Option<&mut [T]>,
    accumulate: bool,
) {
    weight_gradient(geometry, batch, d_output, input, d_kernel, None, accumulate);
    bias_gradient("a transposed convolution", geometry.plane.input[2], d_output, d_bias, accumulate);
}
