//! Running the depthwise two-dimensional convolution.

use model_graph::layers::DepthwiseConv2D;

use crate::float::Float;
use crate::kernels::depthwise_conv2d as kernel;
use crate::kernels::relu::fused_gradient;
use crate::layer::{Backward, Forward, Run, Weight};
use crate::layers::accessors::accessors;
use crate::layers::activated;
use crate::layers::geometry::{depthwise, image};

accessors!(DepthwiseConv2D {
    always {
        /// The kernel, `[kernel height, kernel width, channels, depth_multiplier]`.
        kernel, kernel_mut;
    }
    optional {
        /// The bias, `[channels * depth_multiplier]`, where the layer has one.
        bias, bias_mut;
    }
});

impl<T: Float> Run<T> for DepthwiseConv2D {
    fn forward(&self, call: Forward<'_, T>) {
        let Forward { weights, inputs, output_shape, output, saved, .. } = call;
        let bias = weights.get(1).map(|bias| &*bias.data);
        let geometry = depthwise(&self.windows(), image(inputs[0].shape), image(output_shape));
        activated::forward(self.activation, geometry.output[2], saved, output, |fused, output| {
            kernel::forward(&geometry, inputs[0].data, &weights[0].data, bias, fused, output);
        });
    }

    fn backward(&self, call: Backward<'_, T>) {
        let Backward { context, weights, inputs, output, d_output, d_inputs, gradients, saved, .. } = call;
        let geometry = depthwise(&self.windows(), image(inputs[0].shape), image(output.shape));
        let fused = activated::backward(self.activation, geometry.output[2], saved, output.data, d_output);
        fused_gradient(fused, output.data, d_output);
        let [Weight { data: d_kernel, .. }, d_bias @ ..] = gradients else { return };
        let d_bias = d_bias.first_mut().map(|bias| &mut *bias.data);
        kernel::weight_gradient(&geometry, inputs[0].data, d_output, d_kernel, d_bias, context.accumulate);
        if let Some(gradient) = &mut d_inputs[0] {
            kernel::input_gradient(&geometry, d_output, &weights[0].data, gradient.data, gradient.accumulate);
        }
    }
}
