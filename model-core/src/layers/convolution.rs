//! What convolutions share over the rank: their sizes, and running them with an activation and a bias.

use std::sync::Arc;

use model_graph::argument::Activation;
use model_graph::window::Window;

use crate::buffer::Buffer;
use crate::float::Float;
use crate::kernels::conv2d::{self, Gradients, Saved};
use crate::kernels::conv3d::{self, Depth, Geometry, transposed};
use crate::kernels::depthwise_conv2d;
use crate::kernels::fused::Fused;
use crate::kernels::matmul::{dense_forward, dense_input_gradient, dense_weight_gradient};
use crate::kernels::relu::fused_gradient;
use crate::layer::{Backward, Context, Forward, Weight};
use crate::layers::activated;
use crate::layers::geometry::{depthwise, image, padding, per_axis, volume};
use crate::memory;

/// The sizes of a convolution with these windows.
pub(super) fn geometry<const N: usize>(windows: &[Window; N], groups: usize, input: &[usize], output: &[usize]) -> Geometry {
    sizes(windows, padding(windows, input, output), groups, input, output)
}

/// The sizes of the convolution that leads back: from a transposed one's output to its input.
pub(super) fn transposed_geometry<const N: usize>(
    windows: &[Window; N],
    output_paddings: [Option<usize>; N],
    input: &[usize],
    output: &[usize],
) -> Geometry {
    let cropped = std::array::from_fn(|axis| windows[axis].cropped_before(output_paddings[axis]));
    sizes(windows, cropped, 1, output, input)
}

fn sizes<const N: usize>(
    windows: &[Window; N],
    padding: [usize; N],
    groups: usize,
    input: &[usize],
    output: &[usize],
) -> Geometry {
    let [deep, down, across] = per_axis(windows.map(|window| window.size), 1);
    let [stride, strides @ ..] = per_axis::<_, N, 3>(windows.map(|window| window.stride), 1);
    let [step, dilation @ ..] = per_axis::<_, N, 3>(windows.map(|window| window.dilation), 1);
    let [front, padding @ ..] = per_axis::<_, N, 3>(padding, 0);
    let (depth, planes) = (volume(input)[0], volume(output)[0]);
    Geometry {
        depth: Depth { input: depth, output: planes, kernel: deep, stride, dilation: step, padding: front },
        plane: conv2d::Geometry {
            input: image(input),
            output: image(output),
            kernel: [down, across],
            strides,
            dilation,
            padding,
            groups,
        },
    }
}

/// `activation(input * kernel + bias)`; the weights are the kernel, and the bias where there is one.
pub(super) fn forward<T: Float>(geometry: &Geometry, activation: Activation, call: Forward<'_, T>) {
    let Forward { context, weights, inputs, output, saved, .. } = call;
    let (kernel, bias) = (&weights[0].data, weights.get(1).map(|bias| &*bias.data));
    let prepared = prepared(geometry, context, kernel);
    activated::forward(activation, geometry.plane.output[2], saved, output, |fused, output| match &prepared {
        Some((plane, kernel)) => {
            conv2d::forward_prepared(plane, context.batch, inputs[0].data, kernel, bias, fused, output);
        }
        None => conv3d::forward(geometry, context.batch, inputs[0].data, kernel, bias, fused, output),
    });
}

/// The sizes and the kernel in the form that many passes work on, where there is another than its own and memory for it.
fn prepared<'g, T: Float>(
    geometry: &'g Geometry,
    context: Context<'_>,
    kernel: &[T],
) -> Option<(&'g conv2d::Geometry, Arc<Buffer<T>>)> {
    let (prepared, plane) = context.prepared.zip(geometry.flat())?;
    let len = conv2d::prepared_len::<T>(plane)?;
    let kernel = prepared.of(kernel, (len, memory::bytes_of::<T>(len)), || conv2d::prepare(plane, kernel));
    Some((plane, kernel?))
}

/// The gradients of [`forward`].
pub(super) fn backward<T: Float>(geometry: &Geometry, activation: Activation, call: Backward<'_, T>) {
    let Backward { context, weights, inputs, output, d_output, d_inputs, gradients, saved, .. } = call;
    let fused = activated::backward(activation, geometry.plane.output[2], saved, output.data, d_output);
    let [Weight { data: kernel, .. }, bias @ ..] = gradients else { return };
    let gradients = Gradients {
        input: d_inputs[0].as_mut().map(|gradient| (&mut *gradient.data, gradient.accumulate)),
        kernel,
        bias: bias.first_mut().map(|bias| &mut *bias.data),
        accumulate_weights: context.accumulate,
    };
    let saved = Saved { input: inputs[0].data, output: output.data, kernel: &weights[0].data };
    conv3d::backward(geometry, context.batch, saved, fused, d_output, gradients);
}

/// A transposed convolution, of which this is the geometry that leads back: the convolution kernel with input and output exchanged.
pub(super) fn transposed_forward<T: Float>(geometry: &Geometry, activation: Activation, call: Forward<'_, T>) {
    let Forward { context, weights, inputs, output, saved, .. } = call;
    let (kernel, bias) = (&weights[0].data, weights.get(1).map(|bias| &*bias.data));
    activated::forward(activation, geometry.plane.input[2], saved, output, |fused, output| {
        transposed::forward(geometry, context.batch, inputs[0].data, kernel, bias, fused, output);
    });
}

/// The gradients of [`transposed_forward`].
pub(super) fn transposed_backward<T: Float>(geometry: &Geometry, activation: Activation, call: Backward<'_, T>) {
    let Backward { context, weights, inputs, output, d_output, d_inputs, gradients, saved, .. } = call;
    let batch = context.batch;
    let fused = activated::backward(activation, geometry.plane.input[2], saved, output.data, d_output);
    fused_gradient(fused, output.data, d_output);
    let [Weight { data: d_kernel, .. }, d_bias @ ..] = gradients else { return };
    let d_bias = d_bias.first_mut().map(|bias| &mut *bias.data);
    transposed::transposed_weight_gradient(geometry, batch, inputs[0].data, d_output, d_kernel, d_bias, context.accumulate);
    if let Some(gradient) = &mut d_inputs[0] {
        let kernel = &weights[0].data;
        transposed::transposed_input_gradient(geometry, batch, d_output, kernel, gradient.data, gradient.accumulate);
    }
}

/// A convolution of each channel on its own.
pub(super) fn depthwise_forward<T: Float, const N: usize>(windows: &[Window; N], activation: Activation, call: Forward<'_, T>) {
    let Forward { weights, inputs, output_shape, output, saved, .. } = call;
    let bias = weights.get(1).map(|bias| &*bias.data);
    let geometry = depthwise(windows, inputs[0].shape, output_shape, image(output_shape)[2]);
    activated::forward(activation, geometry.output[2], saved, output, |fused, output| {
        depthwise_conv2d::forward(&geometry, inputs[0].data, &weights[0].data, bias, fused, output);
    });
}

/// The gradients of [`depthwise_forward`].
pub(super) fn depthwise_backward<T: Float, const N: usize>(windows: &[Window; N], activation: Activation, call: Backward<'_, T>) {
    let Backward { context, weights, inputs, output, d_output, d_inputs, gradients, saved, .. } = call;
    let geometry = depthwise(windows, inputs[0].shape, output.shape, image(output.shape)[2]);
    let fused = activated::backward(activation, geometry.output[2], saved, output.data, d_output);
    fused_gradient(fused, output.data, d_output);
    let [Weight { data: d_kernel, .. }, d_bias @ ..] = gradients else { return };
    let d_bias = d_bias.first_mut().map(|bias| &mut *bias.data);
    depthwise_conv2d::weight_gradient(&geometry, inputs[0].data, d_output, d_kernel, d_bias, context.accumulate);
    if let Some(gradient) = &mut d_inputs[0] {
        depthwise_conv2d::input_gradient(&geometry, d_output, &weights[0].data, gradient.data, gradient.accumulate);
    }
}

/// A convolution of each channel on its own, then one across channels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Separable<const N: usize> {
    pub windows: [Window; N],
    pub depth_multiplier: usize,
    pub activation: Activation,
}

impl<const N: usize> Separable<N> {
    /// The sizes of the depthwise convolution; and pixels, channels and filters of the product.
    fn sizes(&self, batch: usize, input: &[usize], output: &[usize]) -> (depthwise_conv2d::Geometry, [usize; 3]) {
        let ([height, width, filters], between) = (image(output), image(input)[2] * self.depth_multiplier);
        (depthwise(&self.windows, input, output, between), [batch * height * width, between, filters])
    }

    /// A depthwise convolution, then a product of matrices, all pixels being rows.
    pub fn forward<T: Float>(&self, call: Forward<'_, T>) {
        let Forward { context, weights, inputs, output_shape, output, saved, scratch, .. } = call;
        let (geometry, product) = self.sizes(context.batch, inputs[0].shape, output_shape);
        let len = product[0] * product[1];
        let (between, saved) = if saved.is_empty() { (&mut scratch[..len], saved) } else { saved.split_at_mut(len) };
        depthwise_conv2d::forward(&geometry, inputs[0].data, &weights[0].data, None, Fused::None, between);
        let bias = weights.get(2).map(|bias| &*bias.data);
        activated::forward(self.activation, product[2], saved, output, |fused, output| {
            dense_forward(product, between, &weights[1].data, bias, fused, output);
        });
    }

    /// The gradients.
    pub fn backward<T: Float>(&self, call: Backward<'_, T>) {
        let Backward { context, weights, inputs, output, d_output, d_inputs, gradients, saved, scratch, .. } = call;
        let (geometry, product) = self.sizes(context.batch, inputs[0].shape, output.shape);
        let (between, saved) = saved.split_at_mut(product[0] * product[1]);
        let fused = activated::backward(self.activation, product[2], saved, output.data, d_output);
        fused_gradient(fused, output.data, d_output);
        let [Weight { data: d_depthwise, .. }, Weight { data: d_pointwise, .. }, d_bias @ ..] = gradients else { return };
        let d_bias = d_bias.first_mut().map(|bias| &mut *bias.data);
        dense_weight_gradient(product, between, d_output, d_pointwise, d_bias, context.accumulate);
        let d_between = &mut scratch[..between.len()];
        dense_input_gradient(product, d_output, &weights[1].data, d_between, false);
        depthwise_conv2d::weight_gradient(&geometry, inputs[0].data, d_between, d_depthwise, None, context.accumulate);
        if let Some(gradient) = &mut d_inputs[0] {
            depthwise_conv2d::input_gradient(&geometry, d_between, &weights[0].data, gradient.data, gradient.accumulate);
        }
    }
}

/// Runs a convolution.
macro_rules! convolution {
    ($layer:ty) => {
        impl<T: crate::float::Float> crate::layer::Run<T> for $layer {
            crate::layers::derived::derived!(affine | layer | layer.use_bias = false);

            fn forward(&self, call: crate::layer::Forward<'_, T>) {
                let (windows, input, output) = (self.windows(), call.inputs[0].shape, call.output_shape);
                let geometry = crate::layers::convolution::geometry(&windows, self.groups.get(), input, output);
                crate::layers::convolution::forward(&geometry, self.activation, call);
            }

            fn backward(&self, call: crate::layer::Backward<'_, T>) {
                let (windows, input, output) = (self.windows(), call.inputs[0].shape, call.output.shape);
                let geometry = crate::layers::convolution::geometry(&windows, self.groups.get(), input, output);
                crate::layers::convolution::backward(&geometry, self.activation, call);
            }
        }
    };
}
pub(super) use convolution;

/// Runs a transposed convolution.
macro_rules! transposed_convolution {
    ($layer:ty) => {
        impl<T: crate::float::Float> crate::layer::Run<T> for $layer {
            crate::layers::derived::derived!(affine | layer | layer.use_bias = false);

            fn forward(&self, call: crate::layer::Forward<'_, T>) {
                let (windows, paddings) = (self.windows(), self.output_paddings());
                let (input, output) = (call.inputs[0].shape, call.output_shape);
                let geometry = crate::layers::convolution::transposed_geometry(&windows, paddings, input, output);
                crate::layers::convolution::transposed_forward(&geometry, self.activation, call);
            }

            fn backward(&self, call: crate::layer::Backward<'_, T>) {
                let (windows, paddings) = (self.windows(), self.output_paddings());
                let (input, output) = (call.inputs[0].shape, call.output.shape);
                let geometry = crate::layers::convolution::transposed_geometry(&windows, paddings, input, output);
                crate::layers::convolution::transposed_backward(&geometry, self.activation, call);
            }
        }
    };
}
pub(super) use transposed_convolution;

/// Runs a depthwise convolution.
macro_rules! depthwise_convolution {
    ($layer:ty) => {
        impl<T: crate::float::Float> crate::layer::Run<T> for $layer {
            crate::layers::derived::derived!(affine | layer | layer.use_bias = false);

            fn forward(&self, call: crate::layer::Forward<'_, T>) {
                crate::layers::convolution::depthwise_forward(&self.windows(), self.activation, call);
            }

            fn backward(&self, call: crate::layer::Backward<'_, T>) {
                crate::layers::convolution::depthwise_backward(&self.windows(), self.activation, call);
            }
        }
    };
}
pub(super) use depthwise_convolution;

/// Runs a separable convolution.
macro_rules! separable_convolution {
    ($layer:ty) => {
        impl<T: crate::float::Float> crate::layer::Run<T> for $layer {
            crate::layers::derived::derived!(affine | layer | layer.use_bias = false);

            fn forward(&self, call: crate::layer::Forward<'_, T>) {
                let (windows, depth_multiplier, activation) = (self.windows(), self.depth_multiplier.get(), self.activation);
                crate::layers::convolution::Separable { windows, depth_multiplier, activation }.forward(call);
            }

            fn backward(&self, call: crate::layer::Backward<'_, T>) {
                let (windows, depth_multiplier, activation) = (self.windows(), self.depth_multiplier.get(), self.activation);
                crate::layers::convolution::Separable { windows, depth_multiplier, activation }.backward(call);
            }
        }
    };
}
pub(super) use separable_convolution;
