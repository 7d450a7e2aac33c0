//! What pooling layers share over the rank: their sizes, and running them.

use model_graph::layers::MASK;
use model_graph::window::Window;

use crate::float::Float;
use crate::kernels::global_pool;
use crate::kernels::pool::{Geometry, Windows, average_backward, average_forward, max_backward, max_forward};
use crate::layer::{Backward, Forward, Gradient};
use crate::layers::geometry::{padding, per_axis, volume};
use crate::layers::pass;

/// The sizes of a pooling with these windows.
pub(super) fn sliding<const N: usize>(windows: &[Window; N], input: &[usize], output: &[usize]) -> Geometry {
    let padding = padding(windows, input, output);
    let along = |axis: usize| {
        let Window { size, stride, .. } = windows[axis];
        Windows::Sliding { size, stride, padding: padding[axis] }
    };
    let windows = per_axis(std::array::from_fn::<_, N, _>(along), Windows::SINGLE);
    Geometry { input: volume(input), output: volume(output), windows }
}

/// The sizes of a pooling whose windows adapt to the input.
pub(super) fn adaptive(input: &[usize], output: &[usize]) -> Geometry {
    Geometry { input: volume(input), output: volume(output), windows: [Windows::Adaptive; 3] }
}

/// The largest element of each window.
pub(super) fn largest<T: Float>(geometry: &Geometry, call: Forward<'_, T>) {
    max_forward(geometry, call.inputs[0].data, call.output);
}

/// The gradients of [`largest`].
pub(super) fn largest_backward<T: Float>(geometry: &Geometry, call: Backward<'_, T>) {
    if let Some(gradient) = &mut call.d_inputs[0] {
        let (input, output) = (call.inputs[0].data, call.output.data);
        max_backward(geometry, input, output, call.d_output, gradient.data, gradient.accumulate);
    }
}

/// The mean of each window.
pub(super) fn mean<T: Float>(geometry: &Geometry, call: Forward<'_, T>) {
    average_forward(geometry, call.inputs[0].data, call.output);
}

/// The gradients of [`mean`].
pub(super) fn mean_backward<T: Float>(geometry: &Geometry, call: Backward<'_, T>) {
    if let Some(gradient) = &mut call.d_inputs[0] {
        average_backward(geometry, call.d_output, gradient.data, gradient.accumulate);
    }
}

/// The positions of a tensor, and its channels.
fn positions(shape: &[usize]) -> (usize, usize) {
    let [depth, height, width, channels] = volume(shape);
    (depth * height * width, channels)
}

/// The largest element of each channel.
pub(super) fn largest_of_all<T: Float>(call: Forward<'_, T>) {
    let (positions, channels) = positions(call.inputs[0].shape);
    global_pool::max_forward(call.inputs[0].data, call.output, positions, channels);
}

/// The gradients of [`largest_of_all`].
pub(super) fn largest_of_all_backward<T: Float>(call: Backward<'_, T>) {
    let (input, output) = (call.inputs[0], call.output.data);
    let (_, channels) = positions(input.shape);
    if let Some(gradient) = &mut call.d_inputs[0] {
        global_pool::max_backward(input.data, output, call.d_output, gradient.data, channels, gradient.accumulate);
    }
}

/// The mean of each channel.
pub(super) fn mean_of_all<T: Float>(call: Forward<'_, T>) {
    let (positions, channels) = positions(call.inputs[0].shape);
    match call.context.manner.slot(MASK, call.inputs) {
        [] => global_pool::average_forward(call.inputs[0].data, call.output, positions, channels),
        [mask, ..] => {
            global_pool::masked_average_forward(call.inputs[0].data, mask.data, call.output, positions, channels);
        }
    }
}

/// The gradients of [`mean_of_all`].
pub(super) fn mean_of_all_backward<T: Float>(call: Backward<'_, T>) {
    let (positions, channels) = positions(call.inputs[0].shape);
    if let Some(Gradient { data, accumulate }) = &mut call.d_inputs[0] {
        match call.context.manner.slot(MASK, call.inputs) {
            [] => global_pool::average_backward(call.d_output, data, positions, channels, *accumulate),
            [mask, ..] => {
                global_pool::masked_average_backward(call.d_output, mask.data, data, positions, channels, *accumulate);
            }
        }
    }
    pass::nothing(&mut call.d_inputs[1..]);
}

/// Runs a layer whose windows slide.
macro_rules! pooling {
    ($layer:ty, $forward:ident, $backward:ident) => {
        impl<T: crate::float::Float> crate::layer::Run<T> for $layer {
            fn forward(&self, call: crate::layer::Forward<'_, T>) {
                let geometry = crate::layers::pool::sliding(&self.windows(), call.inputs[0].shape, call.output_shape);
                crate::layers::pool::$forward(&geometry, call);
            }

            fn backward(&self, call: crate::layer::Backward<'_, T>) {
                let geometry = crate::layers::pool::sliding(&self.windows(), call.inputs[0].shape, call.output.shape);
                crate::layers::pool::$backward(&geometry, call);
            }
        }
    };
}
pub(super) use pooling;

/// Runs a layer whose windows adapt to the input.
macro_rules! adaptive_pooling {
    ($layer:ty, $forward:ident, $backward:ident) => {
        impl<T: crate::float::Float> crate::layer::Run<T> for $layer {
            fn forward(&self, call: crate::layer::Forward<'_, T>) {
                let geometry = crate::layers::pool::adaptive(call.inputs[0].shape, call.output_shape);
                crate::layers::pool::$forward(&geometry, call);
            }

            fn backward(&self, call: crate::layer::Backward<'_, T>) {
                let geometry = crate::layers::pool::adaptive(call.inputs[0].shape, call.output.shape);
                crate::layers::pool::$backward(&geometry, call);
            }
        }
    };
}
pub(super) use adaptive_pooling;

/// Runs a layer that pools all there is.
macro_rules! global_pooling {
    ($layer:ty, $forward:ident, $backward:ident) => {
        impl<T: crate::float::Float> crate::layer::Run<T> for $layer {
            fn forward(&self, call: crate::layer::Forward<'_, T>) {
                crate::layers::pool::$forward(call);
            }

            fn backward(&self, call: crate::layer::Backward<'_, T>) {
                crate::layers::pool::$backward(call);
            }
        }
    };
}
pub(super) use global_pooling;
