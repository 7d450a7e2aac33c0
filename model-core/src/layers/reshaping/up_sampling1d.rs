//! Running the repetition of the elements of a sequence.

use model_graph::layers::UpSampling1D;

use crate::float::Float;
use crate::kernels::up_sampling::{Geometry, nearest_backward, nearest_forward};
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::image;

fn geometry(layer: &UpSampling1D, input: &[usize]) -> Geometry {
    Geometry { input: image(input), factors: [1, layer.size.get()] }
}

impl<T: Float> Run<T> for UpSampling1D {
    fn forward(&self, call: Forward<'_, T>) {
        nearest_forward(&geometry(self, call.inputs[0].shape), call.inputs[0].data, call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let geometry = geometry(self, call.inputs[0].shape);
        if let Some(gradient) = &mut call.d_inputs[0] {
            nearest_backward(&geometry, call.d_output, gradient.data, gradient.accumulate);
        }
    }
}
