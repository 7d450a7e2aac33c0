//! The gradients of a dense layer's weights.
#![allow(unsafe_code)] // slices, once checked, are passed on as pointers

use super::super::contract::Tiles;
use super::super::contract::correlate::Strides;
use super::super::contract::outer::Outer;
use super::pixels;
use crate::float::Float;
use crate::sizes::check;

/// `d_kernel[k, n] = input[m, k]ᵀ · d_output[m, n]` and `d_bias[n] =` the sums of `d_output`'s columns, or `+=` if `accumulate`.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn dense_weight_gradient<T: Float>(
    [m, k, n]: [usize; 3],
    input: &[T],
    d_output: &[T],
    d_kernel: &mut [T],
    d_bias: Option<&mut [T]>,
    accumulate: bool,
) {
    weight_gradient(T::tiles(), [m, k, n], input, d_output, d_kernel, d_bias, accumulate);
}

pub(super) fn weight_gradient<T: Float>(
    tiles: &Tiles<T>,
    [m, k, n]: [usize; 3],
    input: &[T],
    d_output: &[T],
    d_kernel: &mut [T],
    d_bias: Option<&mut [T]>,
    accumulate: bool,
) {
    check("a product", [("input", input.len(), &[m, k]), ("output's gradient", d_output.len(), &[m, n])]);
    let bias = d_bias.as_ref().map_or(n, |d_bias| d_bias.len());
    check("a product", [("kernel's gradient", d_kernel.len(), &[k, n][..]), ("bias's gradient", bias, &[n])]);
    let product = Outer {
        batch: 1,
        groups: 1,
        y: pixels(1),
        x: pixels(m),
        depth: k,
        columns: n,
        input: Strides { sample: m * k, row: m * k, pixel: k, group: k },
        d_output: Strides { sample: m * n, row: m * n, pixel: n, group: n },
        accumulate,
    };
    // SAFETY: the slices were found to be as long as the product's sizes say, without wrapping, and the gradients are borrowed mutably.
    unsafe { product.run(tiles, input, d_output, d_kernel, d_bias) }
}
