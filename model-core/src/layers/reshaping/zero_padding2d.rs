//! Running the padding of images with zeros.

use model_graph::layers::ZeroPadding2D;

use crate::float::Float;
use crate::kernels::border::{self, Inset};
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::image;

fn inset(layer: &ZeroPadding2D, input: &[usize], output: &[usize]) -> Inset {
    Inset { outer: image(output), inner: image(input), start: layer.padding.0.map(|[first, _]| first) }
}

impl<T: Float> Run<T> for ZeroPadding2D {
    fn forward(&self, call: Forward<'_, T>) {
        let inset = inset(self, call.inputs[0].shape, call.output_shape);
        border::pad(&inset, call.inputs[0].data, call.output, false);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let inset = inset(self, call.inputs[0].shape, call.output.shape);
        if let Some(gradient) = &mut call.d_inputs[0] {
            border::crop(&inset, call.d_output, gradient.data, gradient.accumulate);
        }
    }
}
