//! Running global max pooling along a sequence.

use model_graph::layers::GlobalMaxPooling1D;

use crate::float::Float;
use crate::kernels::global_pool2d;
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::image;

impl<T: Float> Run<T> for GlobalMaxPooling1D {
    fn forward(&self, call: Forward<'_, T>) {
        let [height, width, channels] = image(call.inputs[0].shape);
        global_pool2d::max_forward(call.inputs[0].data, call.output, height * width, channels);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let (input, output) = (call.inputs[0], call.output.data);
        let [_, _, channels] = image(input.shape);
        if let Some(gradient) = &mut call.d_inputs[0] {
            global_pool2d::max_backward(input.data, output, call.d_output, gradient.data, channels, gradient.accumulate);
        }
    }
}
