//! The output of a convolution.
#![allow(unsafe_code)] // slices, once checked, are passed on as pointers

use super::super::contract::Tiles;
use super::super::contract::correlate::{Correlation, KernelStrides, Operands};
use super::super::fused::Fused;
use super::Geometry;
use crate::float::Float;
use crate::sizes::check;

/// `output = activation(input * kernel + bias)`.
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
    forward_with(T::tiles(), geometry, batch, [input, kernel], bias, fused, output);
}

pub(super) fn forward_with<T: Float>(
    tiles: &Tiles<T>,
    geometry: &Geometry,
    batch: usize,
    [input, kernel]: [&[T]; 2],
    bias: Option<&[T]>,
    fused: Fused,
    output: &mut [T],
) {
    let correlation = checked(geometry, batch, [input.len(), kernel.len(), output.len()], bias, fused);
    let bias = bias.map_or(std::ptr::null(), <[T]>::as_ptr);
    // SAFETY: the slices were found to be as long as the geometry says, without wrapping, and `output` is borrowed mutably.
    unsafe {
        correlation.run(tiles, Operands { input: input.as_ptr(), kernel: kernel.as_ptr(), bias, output: output.as_mut_ptr() })
    }
}

/// The convolution as a correlation that writes its output through the activation, of an input, kernel and output of so many elements.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub(super) fn checked<T>(
    geometry: &Geometry,
    batch: usize,
    [input, kernel, output]: [usize; 3],
    bias: Option<&[T]>,
    fused: Fused,
) -> Correlation {
    geometry.check(batch, input, kernel, output);
    let filters = geometry.output[2];
    check("a convolution", [("bias", bias.map_or(filters, <[T]>::len), &[filters])]);
    Correlation { relu: fused == Fused::Relu, ..correlation(geometry, batch) }
}

/// The convolution as a correlation that writes its output.
pub(super) fn correlation(geometry: &Geometry, batch: usize) -> Correlation {
    let filters = geometry.output[2];
    let tap = (geometry.group_channels() * filters) as isize;
    Correlation {
        batch,
        groups: geometry.groups,
        y: geometry.axis(0),
        x: geometry.axis(1),
        depth: geometry.group_channels(),
        columns: geometry.group_filters(),
        input: geometry.input_strides(),
        output: geometry.output_strides(),
        kernel: KernelStrides {
            tap_y: tap * geometry.kernel[1] as isize,
            tap_x: tap,
            depth: filters,
            column: 1,
            group: geometry.group_filters(),
        },
        accumulate: false,
        relu: false,
    }
}
