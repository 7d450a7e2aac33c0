//! The gradient of a dense layer's input.
#![allow(unsafe_code)] // slices, once checked, are passed on as pointers

use super::super::contract::Tiles;
use super::super::contract::correlate::{Correlation, KernelStrides, Operands, Strides};
use super::pixels;
use crate::float::Float;
use crate::sizes::check;

/// `d_input[m, k] = d_output[m, n] · kernel[k, n]ᵀ`, or `+=` if `accumulate`.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn dense_input_gradient<T: Float>([m, k, n]: [usize; 3], d_output: &[T], kernel: &[T], d_input: &mut [T], accumulate: bool) {
    input_gradient(T::tiles(), [m, k, n], d_output, kernel, d_input, accumulate);
}

pub(super) fn input_gradient<T: Float>(
    tiles: &Tiles<T>,
    [m, k, n]: [usize; 3],
    d_output: &[T],
    kernel: &[T],
    d_input: &mut [T],
    accumulate: bool,
) {
    let gradients = [("output's gradient", d_output.len(), &[m, n][..]), ("input's gradient", d_input.len(), &[m, k])];
    check("a product", gradients);
    check("a product", [("kernel", kernel.len(), &[k, n])]);
    let product = Correlation {
        batch: 1,
        groups: 1,
        y: pixels(1),
        x: pixels(m),
        depth: n,
        columns: k,
        input: Strides { sample: m * n, row: m * n, pixel: n, group: n },
        output: Strides { sample: m * k, row: m * k, pixel: k, group: k },
        kernel: KernelStrides { tap_y: 0, tap_x: 0, depth: 1, column: n, group: 0 },
        accumulate,
        relu: false,
    };
    let operands =
        Operands { input: d_output.as_ptr(), kernel: kernel.as_ptr(), bias: std::ptr::null(), output: d_input.as_mut_ptr() };
    // SAFETY: the slices were found to be as long as the product's sizes say, without wrapping, and `d_input` is borrowed mutably.
    unsafe { product.run(tiles, operands) }
}
