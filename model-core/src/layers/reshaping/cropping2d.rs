//! Running the cropping of images.

use model_graph::layers::Cropping2D;

use crate::float::Float;
use crate::kernels::border::{self, Inset};
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::image;

fn inset(layer: &Cropping2D, input: &[usize], output: &[usize]) -> Inset {
    Inset { outer: image(input), inner: image(output), start: layer.cropping.0.map(|[first, _]| first) }
}

impl<T: Float> Run<T> for Cropping2D {
    fn forward(&self, call: Forward<'_, T>) {
        let inset = inset(self, call.inputs[0].shape, call.output_shape);
        border::crop(&inset, call.inputs[0].data, call.output, false);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let inset = inset(self, call.inputs[0].shape, call.output.shape);
        if let Some(gradient) = &mut call.d_inputs[0] {
            border::pad(&inset, call.d_output, gradient.data, gradient.accumulate);
        }
    }
}
