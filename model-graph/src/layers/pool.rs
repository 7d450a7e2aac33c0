//! What max and average pooling share: the window and its shape rule.

use crate::argument::{Kernel, Length, Padding};
use crate::layers::activated::{SEQUENCE, require_axes, require_image};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};
use crate::window::Window;

/// The pooling window along height and width; without strides it moves by its own size.
#[must_use]
pub fn windows(pool_size: Kernel, strides: Option<Kernel>, padding: Padding) -> [Window; 2] {
    [("height", 0), ("width", 1)].map(|(axis, i)| Window {
        argument: "pool_size",
        axis,
        size: pool_size.0[i],
        stride: strides.unwrap_or(pool_size).0[i],
        dilation: 1,
        padding,
    })
}

/// `[height, width, channels] -> [height', width', channels]`.
pub(super) fn infer(windows: [Window; 2], inputs: &[TensorType]) -> Result<TensorType, Problem> {
    let [height, width, channels] = require_image(&inputs[0])?;
    let output = vec![windows[0].positions(height)?, windows[1].positions(width)?, channels.clone()];
    Ok(inputs[0].with_shape(Shape(output)))
}

/// `[height, width, channels] -> [channels]`, or `[1, 1, channels]` where the axes are kept.
pub(super) fn infer_global(keepdims: bool, inputs: &[TensorType]) -> Result<TensorType, Problem> {
    let [_, _, channels] = require_image(&inputs[0])?;
    let kept = if keepdims { vec![1.into(), 1.into(), channels.clone()] } else { vec![channels.clone()] };
    Ok(inputs[0].with_shape(Shape(kept)))
}

/// The pooling window along a sequence, which is an image of one row.
#[must_use]
pub fn sequence_windows(pool_size: Length, strides: Option<Length>, padding: Padding) -> [Window; 2] {
    let stride = strides.unwrap_or(pool_size).0;
    [Window::ROW, Window { argument: "pool_size", axis: "length", size: pool_size.0, stride, dilation: 1, padding }]
}

/// `[length, channels] -> [length', channels]`.
pub(super) fn infer_sequence(windows: [Window; 2], inputs: &[TensorType]) -> Result<TensorType, Problem> {
    let dims = require_axes(&inputs[0], SEQUENCE)?;
    Ok(inputs[0].with_shape(Shape(vec![windows[1].positions(&dims[0])?, dims[1].clone()])))
}

/// `[length, channels] -> [channels]`, or `[1, channels]` where the axis is kept.
pub(super) fn infer_global_sequence(keepdims: bool, inputs: &[TensorType]) -> Result<TensorType, Problem> {
    let channels = require_axes(&inputs[0], SEQUENCE)?[1].clone();
    let kept = if keepdims { vec![1.into(), channels] } else { vec![channels] };
    Ok(inputs[0].with_shape(Shape(kept)))
}
