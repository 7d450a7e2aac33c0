//! Running shares along an axis.

use model_graph::argument::Axis;
use model_graph::layers::Shares;

use crate::float::Float;
use crate::kernels::softmax_axis;
use crate::layer::{Backward, Forward, Run};
use crate::layers::{geometry::around, pass};

/// The size of the axis, and of what comes behind it.
fn sizes(axis: Axis, shape: &[usize]) -> [usize; 2] {
    let axis = axis.in_sample(shape.len()).expect("the shape rule has checked the axis");
    let [_, size, inner] = around(1, shape, axis);
    [size, inner]
}

impl<T: Float> Run<T> for Shares {
    fn forward(&self, call: Forward<'_, T>) {
        let [size, inner] = sizes(self.axis, call.output_shape);
        softmax_axis::forward(call.inputs[0].data, call.output, size, inner);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let [size, inner] = sizes(self.axis, call.output.shape);
        softmax_axis::backward(call.output.data, call.d_output, size, inner);
        pass::on(call.d_output, call.d_inputs);
    }
}
