//! What convolutions share: their sizes, and running them with an activation and a bias.

use model_graph::argument::Activation;
use model_graph::window::Window;

use crate::float::Float;
use crate::kernels::conv2d::{self, Geometry, Gradients, Saved};
use crate::layer::{Backward, Forward, Weight};
use crate::layers::activated;
use crate::layers::geometry::{image, padding};

/// The sizes of a convolution with these windows.
pub(super) fn geometry(windows: &[Window; 2], groups: usize, input: &[usize], output: &[usize]) -> Geometry {
    let [vertical, horizontal] = windows;
    Geometry {
        input: image(input),
        output: image(output),
        kernel: [vertical.size, horizontal.size],
        strides: [vertical.stride, horizontal.stride],
        dilation: [vertical.dilation, horizontal.dilation],
        padding: padding(windows, input, output),
        groups,
    }
}

/// `activation(input * kernel + bias)`; the weights are the kernel, and the bias where there is one.
pub(super) fn forward<T: Float>(geometry: &Geometry, activation: Activation, call: Forward<'_, T>) {
    let Forward { context, weights, inputs, output, saved, .. } = call;
    let (kernel, bias) = (&weights[0].data, weights.get(1).map(|bias| &*bias.data));
    activated::forward(activation, geometry.output[2], saved, output, |fused, output| {
        conv2d::forward(geometry, context.batch, inputs[0].data, kernel, bias, fused, output);
    });
}

/// The gradients of [`forward`].
pub(super) fn backward<T: Float>(geometry: &Geometry, activation: Activation, call: Backward<'_, T>) {
    let Backward { context, weights, inputs, output, d_output, d_inputs, gradients, saved, .. } = call;
    let fused = activated::backward(activation, geometry.output[2], saved, output.data, d_output);
    let [Weight { data: kernel, .. }, bias @ ..] = gradients else { return };
    let gradients = Gradients {
        input: d_inputs[0].as_mut().map(|gradient| (&mut *gradient.data, gradient.accumulate)),
        kernel,
        bias: bias.first_mut().map(|bias| &mut *bias.data),
        accumulate_weights: context.accumulate,
    };
    let saved = Saved { input: inputs[0].data, output: output.data, kernel: &weights[0].data };
    conv2d::backward(geometry, context.batch, saved, fused, d_output, gradients);
}
