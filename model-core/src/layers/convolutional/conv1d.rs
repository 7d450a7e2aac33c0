//! Running the one-dimensional convolution: that of an image of one row.

use model_graph::layers::Conv1D;

use crate::float::Float;
use crate::kernels::conv2d::Geometry;
use crate::layer::{Backward, Forward, Run};
use crate::layers::accessors::accessors;
use crate::layers::convolution;

accessors!(Conv1D {
    always {
        /// The kernel, `[kernel length, channels / groups, filters]`.
        kernel, kernel_mut;
    }
    optional {
        /// The bias, `[filters]`, where the layer has one.
        bias, bias_mut;
    }
});

fn geometry(layer: &Conv1D, input: &[usize], output: &[usize]) -> Geometry {
    convolution::geometry(&layer.windows(), layer.groups.get(), input, output)
}

impl<T: Float> Run<T> for Conv1D {
    fn forward(&self, call: Forward<'_, T>) {
        convolution::forward(&geometry(self, call.inputs[0].shape, call.output_shape), self.activation, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        convolution::backward(&geometry(self, call.inputs[0].shape, call.output.shape), self.activation, call);
    }
}
