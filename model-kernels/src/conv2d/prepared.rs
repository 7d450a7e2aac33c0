//! Convolutions whose kernel has been brought to the form that they are computed in, once for many calls.
#![allow(unsafe_code)] // slices, once checked, are passed on as pointers

use super::super::contract::correlate::Operands;
use super::super::contract::winograd::Winograd;
use super::super::fused::Fused;
use super::Geometry;
use super::forward::{checked, correlation};
use crate::buffer::Buffer;
use crate::float::Float;
use crate::sizes::check;

/// How many elements a kernel has once it is prepared: of a convolution by Winograd's algorithm, none of any other.
#[must_use]
pub fn prepared_len<T: Float>(geometry: &Geometry) -> Option<usize> {
    Winograd::of(&correlation(geometry, 1), T::tiles()).map(Winograd::kernel_len)
}

/// The kernel as [`forward_prepared`] takes it; none where it is used as it is.
///
/// # Panics
/// If the kernel's length is not what the sizes say.
#[must_use]
pub fn prepare<T: Float>(geometry: &Geometry, kernel: &[T]) -> Option<Buffer<T>> {
    geometry.check(1, geometry.input_len(), kernel.len(), geometry.output_len());
    let plan = correlation(geometry, 1);
    let winograd = Winograd::of(&plan, T::tiles())?;
    let mut prepared = Buffer::zeros(winograd.kernel_len());
    // SAFETY: the slice was found to be as long as the geometry says, without wrapping, and the buffer is as long as the planes.
    unsafe { winograd.transform_kernel(kernel.as_ptr(), &mut prepared) }
    Some(prepared)
}

/// [`forward`](super::forward), to the bit, with a kernel that [`prepare`] has given for these sizes.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn forward_prepared<T: Float>(
    geometry: &Geometry,
    batch: usize,
    input: &[T],
    prepared: &[T],
    bias: Option<&[T]>,
    fused: Fused,
    output: &mut [T],
) {
    let plan = checked(geometry, batch, [input.len(), geometry.kernel_len(), output.len()], bias, fused);
    let winograd = Winograd::of(&plan, T::tiles()).expect("a kernel is prepared for these sizes");
    check("a convolution", [("prepared kernel", prepared.len(), &[winograd.kernel_len()])]);
    let bias = bias.map_or(std::ptr::null(), <[T]>::as_ptr);
    let operands = Operands { input: input.as_ptr(), kernel: prepared.as_ptr(), bias, output: output.as_mut_ptr() };
    // SAFETY: the slices were found to be as long as the geometry says, without wrapping, and `output` is borrowed mutably.
    unsafe { winograd.run_in_planes(operands) }
}
