//! Running the densely connected layer: a product of matrices, all axes but the last being rows.

use model_graph::layers::Dense;

use crate::float::Float;
use crate::kernels::matmul::{dense_forward, dense_input_gradient, dense_weight_gradient};
use crate::kernels::relu::fused_gradient;
use crate::layer::{Backward, Forward, Run, View, Weight};
use crate::layers::accessors::accessors;
use crate::layers::activated;
use crate::layers::geometry::row;

accessors!(Dense {
    always {
        /// The kernel, `[features, units]`.
        kernel, kernel_mut;
    }
    optional {
        /// The bias, `[units]`, where the layer has one.
        bias, bias_mut;
    }
});

/// Rows, features and units.
fn sizes<T>(layer: &Dense, batch: usize, input: View<'_, T>) -> [usize; 3] {
    let features = row(input.shape);
    let rows: usize = input.shape[..input.shape.len() - 1].iter().product();
    [batch * rows, features, layer.units.get()]
}

impl<T: Float> Run<T> for Dense {
    crate::layers::derived::derived!(affine | layer | layer.use_bias = false);

    fn forward(&self, call: Forward<'_, T>) {
        let Forward { context, weights, inputs, output, saved, .. } = call;
        let (kernel, bias) = (&weights[0].data, weights.get(1).map(|bias| &*bias.data));
        let sizes @ [rows, features, units] = sizes(self, context.batch, inputs[0]);
        let narrow = context.prepared.and_then(|prepared| prepared.narrow_of(kernel, [features, units]));
        activated::forward(self.activation, units, saved, output, |fused, output| match &narrow {
            Some(kernel) => kernel.product(rows, inputs[0].data, bias, fused, output),
            None => dense_forward(sizes, inputs[0].data, kernel, bias, fused, output),
        });
    }

    fn backward(&self, call: Backward<'_, T>) {
        let Backward { context, weights, inputs, output, d_output, d_inputs, gradients, saved, .. } = call;
        let sizes = sizes(self, context.batch, inputs[0]);
        let fused = activated::backward(self.activation, sizes[2], saved, output.data, d_output);
        fused_gradient(fused, output.data, d_output);
        let [Weight { data: d_kernel, .. }, d_bias @ ..] = gradients else { return };
        let d_bias = d_bias.first_mut().map(|bias| &mut *bias.data);
        dense_weight_gradient(sizes, inputs[0].data, d_output, d_kernel, d_bias, context.accumulate);
        if let Some(gradient) = &mut d_inputs[0] {
            dense_input_gradient(sizes, d_output, &weights[0].data, gradient.data, gradient.accumulate);
        }
    }
}
