//! Running the repetition of a vector: a sequence of one element made longer.

use model_graph::layers::RepeatVector;

use crate::float::Float;
use crate::kernels::up_sampling::{Geometry, nearest_backward, nearest_forward};
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::row;

fn geometry(layer: &RepeatVector, input: &[usize]) -> Geometry {
    Geometry { input: [1, 1, 1, row(input)], factors: [1, 1, layer.n.get()] }
}

impl<T: Float> Run<T> for RepeatVector {
    crate::layers::derived::derived!(linear);

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
