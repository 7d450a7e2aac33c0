//! Running the padding of sequences with zeros.

use model_graph::layers::ZeroPadding1D;

use crate::float::Float;
use crate::kernels::border::{self, Inset};
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::image;

fn inset(layer: &ZeroPadding1D, input: &[usize], output: &[usize]) -> Inset {
    Inset { outer: image(output), inner: image(input), start: [0, layer.padding.0[0]] }
}

impl<T: Float> Run<T> for ZeroPadding1D {
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
