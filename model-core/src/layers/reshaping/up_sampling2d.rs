//! Running the enlargement of images.

use model_graph::argument::Interpolation;
use model_graph::layers::UpSampling2D;

use crate::float::Float;
use crate::kernels::up_sampling::{self as kernel, Geometry};
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::image;

fn geometry(layer: &UpSampling2D, input: &[usize]) -> Geometry {
    Geometry { input: image(input), factors: layer.size.0 }
}

impl<T: Float> Run<T> for UpSampling2D {
    fn forward(&self, call: Forward<'_, T>) {
        let (geometry, input) = (geometry(self, call.inputs[0].shape), call.inputs[0].data);
        match self.interpolation {
            Interpolation::Nearest => kernel::nearest_forward(&geometry, input, call.output),
            Interpolation::Bilinear => kernel::bilinear_forward(&geometry, input, call.output),
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        let geometry = geometry(self, call.inputs[0].shape);
        let Some(gradient) = &mut call.d_inputs[0] else { return };
        match self.interpolation {
            Interpolation::Nearest => kernel::nearest_backward(&geometry, call.d_output, gradient.data, gradient.accumulate),
            Interpolation::Bilinear => kernel::bilinear_backward(&geometry, call.d_output, gradient.data, gradient.accumulate),
        }
    }
}
