//! Running global average pooling along a sequence.

use model_graph::layers::GlobalAveragePooling1D;

use crate::float::Float;
use crate::kernels::global_pool2d;
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::image;

impl<T: Float> Run<T> for GlobalAveragePooling1D {
    fn forward(&self, call: Forward<'_, T>) {
        let [height, width, channels] = image(call.inputs[0].shape);
        global_pool2d::average_forward(call.inputs[0].data, call.output, height * width, channels);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let [height, width, channels] = image(call.inputs[0].shape);
        if let Some(gradient) = &mut call.d_inputs[0] {
            global_pool2d::average_backward(call.d_output, gradient.data, height * width, channels, gradient.accumulate);
        }
    }
}
