//! Running the two-dimensional convolution.

use model_graph::layers::Conv2D;

use crate::float::Float;
use crate::kernels::conv2d::{self, Geometry, Gradients, Saved};
use crate::layer::{Backward, Forward, Run, Weight};
use crate::layers::accessors::accessors;
use crate::layers::activated;
use crate::layers::geometry::{image, padding};

accessors!(Conv2D {
    always {
        /// The kernel, `[kernel height, kernel width, channels / groups, filters]`.
        kernel, kernel_mut;
    }
    optional {
        /// The bias, `[filters]`, where the layer has one.
        bias, bias_mut;
    }
});

fn geometry(layer: &Conv2D, input: &[usize], output: &[usize]) -> Geometry {
    let padding = padding(&layer.windows(), input, output);
    Geometry {
        input: image(input),
        output: image(output),
        kernel: layer.kernel_size.0,
        strides: layer.strides.0,
        dilation: layer.dilation_rate.0,
        padding,
        groups: layer.groups.get(),
    }
}

impl<T: Float> Run<T> for Conv2D {
    fn forward(&self, call: Forward<'_, T>) {
        let Forward { context, weights, inputs, output_shape, output, saved, .. } = call;
        let (kernel, bias) = (&weights[0].data, weights.get(1).map(|bias| &*bias.data));
        let geometry = geometry(self, inputs[0].shape, output_shape);
        activated::forward(self.activation, self.filters.get(), saved, output, |fused, output| {
            conv2d::forward(&geometry, context.batch, inputs[0].data, kernel, bias, fused, output);
        });
    }

    fn backward(&self, call: Backward<'_, T>) {
        let Backward { context, weights, inputs, output, d_output, d_inputs, gradients, saved, .. } = call;
        let geometry = geometry(self, inputs[0].shape, output.shape);
        let fused = activated::backward(self.activation, self.filters.get(), saved, output.data, d_output);
        let [Weight { data: kernel, .. }, bias @ ..] = gradients else { return };
        let gradients = Gradients {
            input: d_inputs[0].as_mut().map(|gradient| (&mut *gradient.data, gradient.accumulate)),
            kernel,
            bias: bias.first_mut().map(|bias| &mut *bias.data),
            accumulate_weights: context.accumulate,
        };
        let saved = Saved { input: inputs[0].data, output: output.data, kernel: &weights[0].data };
        conv2d::backward(&geometry, context.batch, saved, fused, d_output, gradients);
    }
}
