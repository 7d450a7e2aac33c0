//! Running the enlargement of images.

use model_graph::argument::Interpolation;
use model_graph::layers::UpSampling2D;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};
use crate::layers::resize::{Resize, filter, plane, whole};
use crate::layers::up_sampling::{repeat, repeat_backward};

fn resize(layer: &UpSampling2D, input: &[usize], output: &[usize]) -> Resize {
    Resize { axes: whole(plane(input), plane(output), filter(layer.interpolation), false), filling: 0.0 }
}

impl<T: Float> Run<T> for UpSampling2D {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        match self.interpolation {
            Interpolation::Nearest => repeat(self.size.0, call),
            _ => resize(self, call.inputs[0].shape, call.output_shape).forward(call),
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        match self.interpolation {
            Interpolation::Nearest => repeat_backward(self.size.0, call),
            _ => resize(self, call.inputs[0].shape, call.output.shape).backward(call),
        }
    }
}
