//! Transposed convolutions: what a convolution does to gradients, done to values.
//!
//! The geometry is that of the convolution which leads back: its input is the transposed one's output, and its filters are the channels of
//! the transposed one's input. The kernel is Keras's, `[height][width][filters][channels]`, as that convolution has it.
#![allow(unsafe_code)] // slices, once checked, are passed on as pointers

use super::super::activation::{self, Kind};
use super::super::chunks::{each, rows_per_task};
use super::super::columns::bias_gradient;
use super::super::contract::correlate::{Correlation, Operands};
use super::super::fused::Fused;
use super::super::lanes;
use super::super::vectorize::vectorize;
use super::forward::correlation;
use super::{Geometry, input_gradient, weight_gradient};
use crate::float::Float;
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
    check("a transposed convolution", [("bias", bias.map_or(geometry.input[2], <[T]>::len), &[geometry.input[2]])]);
    finish(bias, fused, output);
}

/// Adds the bias, if there is one, and applies the activation.
pub(crate) fn finish<T: Float>(bias: Option<&[T]>, fused: Fused, output: &mut [T]) {
    match bias {
        Some(bias) => add_rows(bias, fused, output),
        None if fused == Fused::Relu => activation::forward_in_place(Kind::Relu, output, 1),
        None => {}
    }
}

/// Adds a row to every row, and applies the activation.
fn add_rows<T: Float>(row: &[T], fused: Fused, output: &mut [T]) {
    let rows = rows_per_task(row.len());
    each([(output, rows * row.len())], |_, [output]| {
        vectorize(
            #[inline(always)]
            || {
                for output in output.chunks_exact_mut(row.len()) {
                    for (output, &bias) in output.iter_mut().zip(row) {
                        let sum = *output + bias;
                        *output = if fused == Fused::Relu { lanes::max(sum, T::ZERO) } else { sum };
                    }
                }
            },
        );
    });
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
    geometry.check(batch, d_output.len(), kernel.len(), d_input.len());
    let correlation = Correlation { accumulate, ..correlation(geometry, batch) };
    let operands =
        Operands { input: d_output.as_ptr(), kernel: kernel.as_ptr(), bias: std::ptr::null(), output: d_input.as_mut_ptr() };
    // SAFETY: the slices were found to be as long as the geometry says, without wrapping, and `d_input` is borrowed mutably.
    unsafe { correlation.run(T::tiles(), operands) }
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
    bias_gradient("a transposed convolution", geometry.input[2], d_output, d_bias, accumulate);
}
