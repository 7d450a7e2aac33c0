//! Running the change of a scale.

use model_graph::layers::Rescaling;

use crate::float::Float;
use crate::kernels::elementwise;
use crate::layer::{Backward, Forward, Run};

impl<T: Float> Run<T> for Rescaling {
    fn forward(&self, call: Forward<'_, T>) {
        elementwise::affine(call.inputs[0].data, T::from_f64(self.scale.0), T::from_f64(self.offset.0), call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        if let Some(gradient) = &mut call.d_inputs[0] {
            elementwise::scaled(call.d_output, T::from_f64(self.scale.0), gradient.data, gradient.accumulate);
        }
    }
}
