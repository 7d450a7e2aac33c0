//! Running the two-dimensional convolution.

use model_graph::layers::Conv2D;

use crate::float::Float;
use crate::kernels::conv2d::Geometry;
use crate::layer::{Backward, Forward, Run};
use crate::layers::accessors::accessors;
use crate::layers::convolution;

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
    convolution::geometry(&layer.windows(), layer.groups.get(), input, output)
}

impl<T: Float> Run<T> for Conv2D {
    fn forward(&self, call: Forward<'_, T>) {
        convolution::forward(&geometry(self, call.inputs[0].shape, call.output_shape), self.activation, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        convolution::backward(&geometry(self, call.inputs[0].shape, call.output.shape), self.activation, call);
    }
}
