//! Running the depthwise separable two-dimensional convolution: a depthwise one, then a product of matrices, all pixels being rows.

use model_graph::layers::SeparableConv2D;

use crate::float::Float;
use crate::kernels::depthwise_conv2d::{self, Geometry};
use crate::kernels::fused::Fused;
use crate::kernels::matmul::{dense_forward, dense_input_gradient, dense_weight_gradient};
use crate::kernels::relu::fused_gradient;
use crate::layer::{Backward, Forward, Run, Weight};
use crate::layers::accessors::accessors;
use crate::layers::activated;
use crate::layers::geometry::{depthwise, image};

accessors!(SeparableConv2D {
    always {
        /// The kernel of the channels, `[kernel height, kernel width, channels, depth_multiplier]`.
        depthwise_kernel, depthwise_kernel_mut;
        /// The kernel across channels, `[1, 1, channels * depth_multiplier, filters]`.
        pointwise_kernel, pointwise_kernel_mut;
    }
    optional {
        /// The bias, `[filters]`, where the layer has one.
        bias, bias_mut;
    }
});

/// The sizes of the depthwise convolution; and pixels, channels and filters of the product.
fn sizes(layer: &SeparableConv2D, batch: usize, input: &[usize], output: &[usize]) -> (Geometry, [usize; 3]) {
    let ([height, width, filters], input) = (image(output), image(input));
    let between = [height, width, input[2] * layer.depth_multiplier.get()];
    (depthwise(&layer.windows(), input, between), [batch * height * width, between[2], filters])
}

impl<T: Float> Run<T> for SeparableConv2D {
    fn forward(&self, call: Forward<'_, T>) {
        let Forward { context, weights, inputs, output_shape, output, saved, scratch, .. } = call;
        let (geometry, product) = sizes(self, context.batch, inputs[0].shape, output_shape);
        let len = product[0] * product[1];
        let (between, saved) = if saved.is_empty() { (&mut scratch[..len], saved) } else { saved.split_at_mut(len) };
        depthwise_conv2d::forward(&geometry, inputs[0].data, &weights[0].data, None, Fused::None, between);
        let bias = weights.get(2).map(|bias| &*bias.data);
        activated::forward(self.activation, product[2], saved, output, |fused, output| {
            dense_forward(product, between, &weights[1].data, bias, fused, output);
        });
    }

    fn backward(&self, call: Backward<'_, T>) {
        let Backward { context, weights, inputs, output, d_output, d_inputs, gradients, saved, scratch, .. } = call;
        let (geometry, product) = sizes(self, context.batch, inputs[0].shape, output.shape);
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
