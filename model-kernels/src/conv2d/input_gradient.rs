//! The gradient of a convolution's input: a correlation of the output's gradient with the flipped kernel.
//!
//! With strides, inputs that lie at the same place between two windows see the same taps of the kernel: each such phase of the input is a
//! correlation of its own, with a stride of one and a part of the taps.
#![allow(unsafe_code)] // slices, once checked, are passed on as pointers

use super::super::contract::Tiles;
use super::super::contract::axis::Axis;
use super::super::contract::correlate::{Correlation, KernelStrides, Operands, Strides};
use super::Geometry;
use crate::float::Float;

/// `d_input = d_output * flipped kernel`, or `+=` if `accumulate`.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn input_gradient<T: Float>(
    geometry: &Geometry,
    batch: usize,
    d_output: &[T],
    kernel: &[T],
    d_input: &mut [T],
    accumulate: bool,
) {
    input_gradient_with(T::tiles(), geometry, batch, [d_output, kernel], d_input, accumulate);
}

/// The inputs `first, first + stride, …` of an axis, and the taps that reach them.
struct Phase {
    first: usize,
    /// From an input to the next.
    stride: usize,
    /// A window over the outputs, whose taps come in the order in which they reach further down the output.
    axis: Axis,
    /// The kernel's tap that is the window's first, and the step to its next.
    tap: usize,
    tap_step: isize,
}

/// The phases of an axis.
fn phases(axis: &Axis) -> impl Iterator<Item = Phase> {
    let Axis { outputs, taps, inputs, stride, dilation, start } = *axis;
    (0..stride.min(inputs)).map(move |first| {
        // Input `first + i * stride` is reached by the output `(first - start - tap * dilation) / stride + i`, where that is whole.
        let reaches = |tap: usize| (first as isize - start - (tap * dilation) as isize) % stride as isize == 0;
        let mut reaching = (0..taps).filter(|&tap| reaches(tap));
        let lowest = reaching.next();
        let step = reaching.next().zip(lowest).map_or(taps, |(second, lowest)| second - lowest);
        let count = lowest.map_or(0, |lowest| (taps - lowest).div_ceil(step));
        let highest = lowest.map_or(0, |lowest| lowest + (count - 1) * step);
        let window = Axis {
            outputs: (inputs - first).div_ceil(stride),
            taps: count,
            inputs: outputs,
            stride: 1,
            dilation: (step.saturating_mul(dilation) / stride).max(1),
            start: (first as isize - start - (highest * dilation) as isize) / stride as isize,
        };
        Phase { first, stride, axis: window, tap: highest, tap_step: -(step as isize) }
    })
}

pub(super) fn input_gradient_with<T: Float>(
    tiles: &Tiles<T>,
    geometry: &Geometry,
    batch: usize,
    [d_output, kernel]: [&[T]; 2],
    d_input: &mut [T],
    accumulate: bool,
) {
    geometry.check(batch, d_input.len(), kernel.len(), d_output.len());
    let gradient = Gradient {
        batch,
        d_output: (d_output.as_ptr(), geometry.output_len()),
        kernel: kernel.as_ptr(),
        d_input: (d_input.as_mut_ptr(), geometry.input_len()),
        accumulate,
    };
    // SAFETY: the slices were found to be as long as the geometry says, without wrapping, and `d_input` is borrowed mutably.
    unsafe { add_phases(tiles, geometry, gradient) }
}

/// The tensors of a gradient: where samples lie, each with the step from one to the next, and whether the gradient is added to what is there.
#[derive(Clone, Copy)]
pub(super) struct Gradient<T> {
    pub batch: usize,
    pub d_output: (*const T, usize),
    pub kernel: *const T,
    pub d_input: (*mut T, usize),
    pub accumulate: bool,
}

/// Computes the gradient, phase by phase.
///
/// # Safety
/// All samples and the kernel are as long as the geometry says, inside of living memory, and nobody else uses `d_input` meanwhile.
pub(super) unsafe fn add_phases<T: Float>(tiles: &Tiles<T>, geometry: &Geometry, gradient: Gradient<T>) {
    let Gradient { batch, d_output: (d_output, from_step), kernel, d_input: (d_input, to_step), accumulate } = gradient;
    let filters = geometry.output[2];
    let from = Strides { sample: from_step, ..geometry.output_strides() };
    let to = Strides { sample: to_step, ..geometry.input_strides() };
    let tap_x = geometry.group_channels() * filters;
    let tap_y = geometry.kernel[1] * tap_x;
    for y in phases(&geometry.axis(0)) {
        for x in phases(&geometry.axis(1)) {
            let correlation = Correlation {
                batch,
                groups: geometry.groups,
                y: y.axis,
                x: x.axis,
                depth: geometry.group_filters(),
                columns: geometry.group_channels(),
                input: from,
                // A step that is never taken may wrap.
                output: Strides { row: y.stride.wrapping_mul(to.row), pixel: x.stride.wrapping_mul(to.pixel), ..to },
                kernel: KernelStrides {
                    tap_y: y.tap_step * tap_y as isize,
                    tap_x: x.tap_step * tap_x as isize,
                    depth: 1,
                    column: filters,
                    group: geometry.group_filters(),
                },
                accumulate,
                relu: false,
            };
            let operands = Operands {
                input: d_output,
                kernel: kernel.wrapping_add(y.tap * tap_y + x.tap * tap_x),
                bias: std::ptr::null(),
                output: d_input.wrapping_add(y.first * to.row + x.first * to.pixel),
            };
            // SAFETY: the caller's promise, and phases stay inside of the samples.
            unsafe { correlation.run(tiles, operands) }
        }
    }
}
