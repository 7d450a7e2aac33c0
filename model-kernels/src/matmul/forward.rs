//! The output of a dense layer.
#![allow(unsafe_code)] // slices, once checked, are passed on as pointers

use super::super::contract::Tiles;
use super::super::contract::correlate::{Correlation, KernelStrides, Operands, Strides};
use super::super::fused::Fused;
use super::pixels;
use crate::float::Float;
use crate::sizes::check;

/// `output[m, n] = activation(input[m, k] · kernel[k, n] + bias[n])`.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn dense_forward<T: Float>(
    [m, k, n]: [usize; 3],
    input: &[T],
    kernel: &[T],
    bias: Option<&[T]>,
    fused: Fused,
    output: &mut [T],
) {
    forward(T::tiles(), [m, k, n], input, kernel, bias, fused, output);
}

pub(super) fn forward<T: Float>(
    tiles: &Tiles<T>,
    [m, k, n]: [usize; 3],
    input: &[T],
    kernel: &[T],
    bias: Option<&[T]>,
    fused: Fused,
    output: &mut [T],
) {
    check("a product", [("input", input.len(), &[m, k]), ("kernel", kernel.len(), &[k, n]), ("output", output.len(), &[m, n])]);
    check("a product", [("bias", bias.map_or(n, <[T]>::len), &[n])]);
    let product = Correlation {
        batch: 1,
        groups: 1,
        y: pixels(1),
        x: pixels(m),
        depth: k,
        columns: n,
        input: Strides { sample: m * k, row: m * k, pixel: k, group: k },
        output: Strides { sample: m * n, row: m * n, pixel: n, group: n },
        kernel: KernelStrides { tap_y: 0, tap_x: 0, depth: n, column: 1, group: 0 },
        accumulate: false,
        relu: fused == Fused::Relu,
    };
    let bias = bias.map_or(std::ptr::null(), <[T]>::as_ptr);
    // SAFETY: the slices were found to be as long as the product's sizes say, without wrapping, and `output` is borrowed mutably.
    unsafe { product.run(tiles, Operands { input: input.as_ptr(), kernel: kernel.as_ptr(), bias, output: output.as_mut_ptr() }) }
}
