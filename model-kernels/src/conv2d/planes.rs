//! Two-dimensional convolutions of planes that lie somewhere in larger tensors, added to what is there: what convolutions of more
//! dimensions are sums of.
#![allow(unsafe_code)] // slices, once checked, are passed on as pointers

use super::super::contract::correlate::{Correlation, Operands, Strides};
use super::super::contract::outer::Outer;
use super::Geometry;
use super::forward::correlation;
use super::input_gradient::{Gradient, add_phases};
use crate::float::Float;
use crate::sizes::check_way;

/// Where planes lie in a tensor: the first one's elements from here on, each of the others so many elements after the one before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Planes {
    pub first: usize,
    pub step: usize,
}

impl Planes {
    /// Panics unless so many planes of so many elements lie in a tensor of so many.
    fn check(self, count: usize, plane: usize, tensor: usize) {
        check_way("a convolution's planes", self.first, [(count, self.step), (2, plane)]);
        let end = self.first + count.saturating_sub(1).saturating_mul(self.step) + plane;
        assert!(count == 0 || end <= tensor, "{count} planes of {plane} elements go beyond {tensor}: {self:?}");
    }
}

/// Panics unless so many planes of both kinds lie in their tensors, and the kernel is one.
fn check(geometry: &Geometry, count: usize, [input, output]: [(Planes, usize); 2], kernel: usize) {
    geometry.check(1, geometry.input_len(), kernel, geometry.output_len());
    input.0.check(count, geometry.input_len(), input.1);
    output.0.check(count, geometry.output_len(), output.1);
}

/// `output += input * kernel`, for so many planes of each.
///
/// # Panics
/// If planes are not inside of their tensors, or the kernel's length is not what the sizes say.
pub(crate) fn add_forward<T: Float>(
    geometry: &Geometry,
    count: usize,
    (input, from): (&[T], Planes),
    kernel: &[T],
    (output, to): (&mut [T], Planes),
) {
    check(geometry, count, [(from, input.len()), (to, output.len())], kernel.len());
    let plan = correlation(geometry, count);
    let (from_strides, to_strides) = (plan.input, plan.output);
    let plan = Correlation {
        input: Strides { sample: from.step, ..from_strides },
        output: Strides { sample: to.step, ..to_strides },
        accumulate: true,
        ..plan
    };
    let operands = Operands {
        input: input.as_ptr().wrapping_add(from.first),
        kernel: kernel.as_ptr(),
        bias: std::ptr::null(),
        output: output.as_mut_ptr().wrapping_add(to.first),
    };
    // SAFETY: all planes were found to be inside of their slices, the kernel to be as long as the geometry says, and `output` is borrowed
    // mutably.
    unsafe { plan.run(T::tiles(), operands) }
}

/// `d_input += d_output * flipped kernel`, for so many planes of each.
///
/// # Panics
/// If planes are not inside of their tensors, or the kernel's length is not what the sizes say.
pub(crate) fn add_input_gradient<T: Float>(
    geometry: &Geometry,
    count: usize,
    (d_output, from): (&[T], Planes),
    kernel: &[T],
    (d_input, to): (&mut [T], Planes),
) {
    check(geometry, count, [(to, d_input.len()), (from, d_output.len())], kernel.len());
    let gradient = Gradient {
        batch: count,
        d_output: (d_output.as_ptr().wrapping_add(from.first), from.step),
        kernel: kernel.as_ptr(),
        d_input: (d_input.as_mut_ptr().wrapping_add(to.first), to.step),
        accumulate: true,
    };
    // SAFETY: all planes were found to be inside of their slices, the kernel to be as long as the geometry says, and `d_input` is borrowed
    // mutably.
    unsafe { add_phases(T::tiles(), geometry, gradient) }
}

/// `d_kernel =` the sum over all windows of so many planes of `input · d_output`, or `+=` if `accumulate`.
///
/// # Panics
/// If planes are not inside of their tensors, or the kernel's length is not what the sizes say.
pub(crate) fn weight_gradient<T: Float>(
    geometry: &Geometry,
    count: usize,
    (input, from): (&[T], Planes),
    (d_output, of): (&[T], Planes),
    d_kernel: &mut [T],
    accumulate: bool,
) {
    check(geometry, count, [(from, input.len()), (of, d_output.len())], d_kernel.len());
    let outer = Outer {
        batch: count,
        groups: geometry.groups,
        y: geometry.axis(0),
        x: geometry.axis(1),
        depth: geometry.group_channels(),
        columns: geometry.group_filters(),
        input: Strides { sample: from.step, ..geometry.input_strides() },
        d_output: Strides { sample: of.step, ..geometry.output_strides() },
        accumulate,
    };
    let (input, d_output) = (input.get(from.first..).unwrap_or_default(), d_output.get(of.first..).unwrap_or_default());
    // SAFETY: all planes were found to be inside of their slices, the kernel to be as long as the geometry says, and it is borrowed mutably.
    unsafe { outer.run(T::tiles(), input, d_output, d_kernel, None) }
}
