//! Running the enlargement of images.

use model_graph::argument::Interpolation;
use model_graph::layers::UpSampling2D;

use crate::float::Float;
use crate::kernels::up_sampling::{bilinear_backward, bilinear_forward};
use crate::layer::{Backward, Forward, Run};
use crate::layers::up_sampling::{geometry, repeat, repeat_backward};

impl<T: Float> Run<T> for UpSampling2D {
    fn forward(&self, call: Forward<'_, T>) {
        match self.interpolation {
            Interpolation::Nearest => repeat(self.size.0, call),
            Interpolation::Bilinear => {
                bilinear_forward(&geometry(self.size.0, call.inputs[0].shape), call.inputs[0].data, call.output);
            }
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        match self.interpolation {
            Interpolation::Nearest => repeat_backward(self.size.0, call),
            Interpolation::Bilinear => {
                let geometry = geometry(self.size.0, call.inputs[0].shape);
                if let Some(gradient) = &mut call.d_inputs[0] {
                    bilinear_backward(&geometry, call.d_output, gradient.data, gradient.accumulate);
                }
            }
        }
    }
}
