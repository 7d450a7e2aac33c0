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

/// How pooling is differentiated where gradients are taken of gradients.
pub(super) mod derived {
    use model_graph::window::Window;

    use crate::error::Result;
    use crate::float::Float;
    use crate::layers::geometry::padding;
    use crate::variable::derive::{Derivation, Derived};
    use crate::variable::{Var, along, ops};

    /// Means are linear.
    #[allow(clippy::unnecessary_wraps)] // as the others
    pub(crate) fn mean<T: Float, const N: usize>(_windows: &[Window; N], _call: &Derivation<'_, T>) -> Result<Derived<T>> {
        Ok(Derived::Linear)
    }

    #[allow(clippy::unnecessary_wraps)] // as the others
    pub(crate) fn mean_of_all<T: Float>(_call: &Derivation<'_, T>) -> Result<Derived<T>> {
        Ok(Derived::Linear)
    }

    /// The largest along all axes but the batch and the channels.
    pub(crate) fn largest_of_all<T: Float>(call: &Derivation<'_, T>) -> Result<Derived<T>> {
        let x = call.x()?;
        let axes: Vec<i64> = (1..x.shape().len() as i64 - 1).collect();
        let kept = x.max(along(axes))?;
        Ok(Derived::Outputs(vec![kept.reshaped(call.d()?.shape())?]))
    }

    /// The largest of what lies at each place of the windows, all windows at once.
    pub(crate) fn largest<T: Float, const N: usize>(windows: &[Window; N], call: &Derivation<'_, T>) -> Result<Derived<T>> {
        if N == 0 {
            return Ok(Derived::None);
        }
        let (x, output) = (call.x()?, call.d()?.shape());
        let before = padding(windows, &x.shape()[1..], &output[1..]);
        let mut ends = vec![[0; 2]; x.shape().len()];
        for (axis, window) in windows.iter().enumerate() {
            let needed = (output[axis + 1] - 1) * window.stride + window.size;
            ends[axis + 1] = [before[axis], needed.saturating_sub(x.shape()[axis + 1] + before[axis])];
        }
        let padded = if ends.iter().any(|ends| *ends != [0, 0]) { x.pad(&ends, LEAST)? } else { x.clone() };
        let mut places = vec![padded];
        for (axis, window) in windows.iter().enumerate() {
            let reach = (output[axis + 1] - 1) * window.stride + 1;
            let at = |x: &Var<T>, place: usize| {
                x.strided(axis as i64 + 1, [place, place + reach, window.stride].map(|number| number as i64))
            };
            let moved = places.iter().flat_map(|x| (0..window.size).map(move |place| at(x, place)));
            places = moved.collect::<Result<_>>()?;
        }
        let stacked = ops::stack(&places.iter().collect::<Vec<_>>(), 1)?;
        Ok(Derived::Outputs(vec![stacked.max(1)?]))
    }

    /// Less than what is pooled.
    const LEAST: f64 = -3e38;
}

/// Runs a layer whose windows slide.
macro_rules! pooling {
    ($layer:ty, $forward:ident, $backward:ident) => {
        impl<T: crate::float::Float> crate::layer::Run<T> for $layer {
            crate::layers::derived::derived!(|layer, call| crate::layers::pool::derived::$forward(&layer.windows(), call));

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
            crate::layers::derived::derived!(|_layer, call| crate::layers::pool::derived::$forward::<T, 0>(&[], call));

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
            crate::layers::derived::derived!(|_layer, call| crate::layers::pool::derived::$forward(call));

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
