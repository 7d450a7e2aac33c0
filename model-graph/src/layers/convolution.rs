//! What convolutions share: their windows, and the sizes and weights that follow.

use crate::argument::{Kernel, Length, Padding};
use crate::dim::Dim;
use crate::layers::activated::{SEQUENCE, known_size, last_size, require_axes, require_image};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};
use crate::window::Window;

/// The window of a convolution along height and width.
#[must_use]
pub(super) fn windows(kernel_size: Kernel, strides: Kernel, dilation_rate: Kernel, padding: Padding) -> [Window; 2] {
    [("height", 0), ("width", 1)].map(|(axis, i)| Window {
        argument: "kernel_size",
        axis,
        size: kernel_size.0[i],
        stride: strides.0[i],
        dilation: dilation_rate.0[i],
        padding,
    })
}

/// The window of a convolution along a sequence, which is an image of one row.
#[must_use]
pub(super) fn sequence_windows(kernel_size: Length, strides: Length, dilation_rate: Length, padding: Padding) -> [Window; 2] {
    let (size, stride, dilation) = (kernel_size.0, strides.0, dilation_rate.0);
    [Window::ROW, Window { argument: "kernel_size", axis: "length", size, stride, dilation, padding }]
}

/// `[length, channels] -> [length', filters]`.
pub(super) fn infer_sequence(windows: [Window; 2], filters: &Dim, inputs: &[TensorType]) -> Result<TensorType, Problem> {
    let length = &require_axes(&inputs[0], SEQUENCE)?[0];
    Ok(inputs[0].with_shape(Shape(vec![windows[1].positions(length)?, filters.clone()])))
}

/// `[height, width, channels] -> [height', width', filters]`.
pub(super) fn infer(windows: [Window; 2], filters: &Dim, inputs: &[TensorType]) -> Result<TensorType, Problem> {
    let [height, width, _] = require_image(&inputs[0])?;
    let [vertical, horizontal] = windows;
    let output = vec![vertical.positions(height)?, horizontal.positions(width)?, filters.clone()];
    Ok(inputs[0].with_shape(Shape(output)))
}

/// Refuses strides together with a dilation, as Keras does.
pub(super) fn require_one_of_strides_and_dilation(windows: &[Window]) -> Result<(), Problem> {
    let (has_strides, is_dilated) = (windows.iter().any(|w| w.stride != 1), windows.iter().any(|w| w.dilation != 1));
    match has_strides && is_dilated {
        true => Err(Problem::Exclusive { first: "strides", second: "dilation_rate" }),
        false => Ok(()),
    }
}

/// Refuses groups that do not divide the channels and the filters.
pub(super) fn require_groups(groups: usize, filters: &Dim, input: &TensorType) -> Result<(), Problem> {
    let channels = known_channels(input)?;
    for (what, size) in [("channels", &channels), ("filters", filters)] {
        if size.exact_div(&Dim::from(groups)).is_none() {
            return Err(Problem::Groups { what, size: size.clone(), groups });
        }
    }
    Ok(())
}

/// The shape of a kernel: the window, the channels of a group, and the filters.
pub(super) fn kernel<const N: usize>(window: [usize; N], inputs: &[TensorType], groups: usize, filters: &Dim) -> Shape {
    let channels = last_size(inputs).exact_div(&Dim::from(groups)).unwrap_or_default();
    Shape(window.into_iter().map(Dim::from).chain([channels, filters.clone()]).collect())
}

/// The number of channels, which must be known since weights depend on it.
pub(super) fn known_channels(input: &TensorType) -> Result<Dim, Problem> {
    let last = input.shape.rank().saturating_sub(1);
    match input.shape.0.is_empty() {
        true => Err(Problem::Rank { operand: 0, expected: &[], found: input.shape.clone() }),
        false => known_size(&input.shape, last),
    }
}

/// So many channels, each of which becomes `multiplier`.
pub(super) fn multiplied(channels: &Dim, multiplier: usize) -> Result<Dim, Problem> {
    channels.mul(&Dim::from(multiplier)).ok_or(Problem::Overflow)
}
