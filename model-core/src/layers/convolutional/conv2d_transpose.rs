//! Running the transposed two-dimensional convolution: the convolution kernel with input and output exchanged.

use model_graph::layers::Conv2DTranspose;

use crate::float::Float;
use crate::kernels::conv2d::{Geometry, transposed};
use crate::kernels::relu::fused_gradient;
use crate::layer::{Backward, Forward, Run, Weight};
use crate::layers::accessors::accessors;
use crate::layers::activated;
use crate::layers::geometry::image;

accessors!(Conv2DTranspose {
    always {
        /// The kernel, `[kernel height, kernel width, filters, channels]`.
        kernel, kernel_mut;
    }
    optional {
        /// The bias, `[filters]`, where the layer has one.
        bias, bias_mut;
    }
});

/// The sizes of the convolution that leads back: from the output to the input.
fn geometry(layer: &Conv2DTranspose, input: &[usize], output: &[usize]) -> Geometry {
    let (windows, paddings) = (layer.windows(), layer.output_paddings());
    Geometry {
        input: image(output),
        output: image(input),
        kernel: layer.kernel_size.0,
        strides: layer.strides.0,
        dilation: layer.dilation_rate.0,
        padding: [0, 1].map(|axis| windows[axis].cropped_before(paddings[axis])),
        groups: 1,
    }
}

impl<T: Float> Run<T> for Conv2DTranspose {
    fn forward(&self, call: Forward<'_, T>) {
        let Forward { context, weights, inputs, output_shape, output, saved, .. } = call;
        let (kernel, bias) = (&weights[0].data, weights.get(1).map(|bias| &*bias.data));
        let geometry = geometry(self, inputs[0].shape, output_shape);
        activated::forward(self.activation, self.filters.get(), saved, output, |fused, output| {
            transposed::forward(&geometry, context.batch, inputs[0].data, kernel, bias, fused, output);
        });
    }

    fn backward(&self, call: Backward<'_, T>) {
        let Backward { context, weights, inputs, output, d_output, d_inputs, gradients, saved, .. } = call;
        let (geometry, batch) = (geometry(self, inputs[0].shape, output.shape), context.batch);
        let fused = activated::backward(self.activation, self.filters.get(), saved, output.data, d_output);
        fused_gradient(fused, output.data, d_output);
        let [Weight { data: d_kernel, .. }, d_bias @ ..] = gradients else { return };
        let d_bias = d_bias.first_mut().map(|bias| &mut *bias.data);
        transposed::transposed_weight_gradient(&geometry, batch, inputs[0].data, d_output, d_kernel, d_bias, context.accumulate);
        if let Some(gradient) = &mut d_inputs[0] {
            let kernel = &weights[0].data;
            transposed::transposed_input_gradient(&geometry, batch, d_output, kernel, gradient.data, gradient.accumulate);
        }
    }
}
