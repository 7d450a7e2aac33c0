//! What max and average pooling share: the window and its shape rule.

use crate::argument::{Kernel, Padding};
use crate::layers::activated::require_image;
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
