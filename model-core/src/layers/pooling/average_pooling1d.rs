//! Running average pooling along a sequence.

use model_graph::layers::AveragePooling1D;

use crate::float::Float;
use crate::kernels::pool2d::{self, Geometry};
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::pool;

fn geometry(layer: &AveragePooling1D, input: &[usize], output: &[usize]) -> Geometry {
    pool(&layer.windows(), input, output)
}

impl<T: Float> Run<T> for AveragePooling1D {
    fn forward(&self, call: Forward<'_, T>) {
        let geometry = geometry(self, call.inputs[0].shape, call.output_shape);
        pool2d::average_forward(&geometry, call.inputs[0].data, call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        if let Some(gradient) = &mut call.d_inputs[0] {
            let geometry = geometry(self, call.inputs[0].shape, call.output.shape);
            pool2d::average_backward(&geometry, call.d_output, gradient.data, gradient.accumulate);
        }
    }
}
