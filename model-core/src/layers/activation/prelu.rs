//! Running the rectified linear unit whose slope below zero is learned.

use model_graph::layers::PReLU;

use crate::float::Float;
use crate::kernels::prelu::{self as kernel, Shapes};
use crate::layer::{Backward, Forward, Run};
use crate::layers::accessors::accessors;
use crate::layers::derived::derived;

accessors!(PReLU {
    always {
        /// The slopes below zero, of the shape of a sample, with 1 in place of the axes that share.
        alpha, alpha_mut;
    }
    optional {}
});

impl<T: Float> Run<T> for PReLU {
    derived!(|_layer, call| {
        let (x, Some(alpha)) = (call.x()?, call.weight("alpha")) else { return Ok(Derived::None) };
        let shape: Vec<usize> = std::iter::once(1).chain(alpha.shape().iter().copied()).collect();
        Ok(Derived::Outputs(vec![x.relu()? - (-x).relu()? * alpha.reshaped(&shape)?]))
    });

    fn forward(&self, call: Forward<'_, T>) {
        let shapes = Shapes { sample: call.inputs[0].shape, slopes: &call.weights[0].shape };
        kernel::forward(&shapes, call.inputs[0].data, &call.weights[0].data, call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let Backward { context, weights, inputs, d_output, d_inputs, gradients, scratch, .. } = call;
        let shapes = Shapes { sample: inputs[0].shape, slopes: &weights[0].shape };
        let sums = &mut scratch[..inputs[0].shape.iter().product()];
        kernel::slope_gradient(&shapes, inputs[0].data, d_output, &mut gradients[0].data, sums, context.accumulate);
        if let Some(gradient) = &mut d_inputs[0] {
            kernel::backward(&shapes, inputs[0].data, &weights[0].data, d_output, gradient.data, gradient.accumulate);
        }
    }
}
