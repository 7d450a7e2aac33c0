//! The gradients of a convolution's weights.
#![allow(unsafe_code)] // slices, once checked, are passed on as pointers

use super::super::contract::Tiles;
use super::super::contract::outer::Outer;
use super::Geometry;
use crate::float::Float;
use crate::sizes::check;

/// `d_kernel[tap, channel, filter] =` the sum over all windows of `input · d_output`, `d_bias[filter] =` the sum of `d_output`, or `+=`
/// if `accumulate`.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn weight_gradient<T: Float>(
    geometry: &Geometry,
    batch: usize,
    input: &[T],
    d_output: &[T],
    d_kernel: &mut [T],
    d_bias: Option<&mut [T]>,
    accumulate: bool,
) {
    weight_gradient_with(T::tiles(), geometry, batch, [input, d_output], d_kernel, d_bias, accumulate);
}

pub(super) fn weight_gradient_with<T: Float>(
    tiles: &Tiles<T>,
    geometry: &Geometry,
    batch: usize,
    [input, d_output]: [&[T]; 2],
    d_kernel: &mut [T],
    d_bias: Option<&mut [T]>,
    accumulate: bool,
) {
    geometry.check(batch, input.len(), d_kernel.len(), d_output.len());
    let bias = d_bias.as_ref().map_or(geometry.output[2], |d_bias| d_bias.len());
    check("a convolution", [("bias's gradient", bias, &[geometry.output[2]])]);
    let outer = Outer {
        batch,
        groups: geometry.groups,
        y: geometry.axis(0),
        x: geometry.axis(1),
        depth: geometry.group_channels(),
        columns: geometry.group_filters(),
        input: geometry.input_strides(),
        d_output: geometry.output_strides(),
        accumulate,
    };
    // SAFETY: the slices were found to be as long as the geometry says, without wrapping, and the gradients are borrowed mutably.
    unsafe { outer.run(tiles, input, d_output, d_kernel, d_bias) }
}
