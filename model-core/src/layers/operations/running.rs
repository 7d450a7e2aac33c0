//! Running what runs along an axis.

use model_graph::layers::Running;
use model_graph::layers::operations::running::RunningFunction;

use crate::float::Float;
use crate::kernels::operation::running;
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::around;

fn axes(layer: &Running, batch: usize, shape: &[usize]) -> [usize; 3] {
    let axis = layer.axis.and_then(|axis| axis.in_sample(shape.len())).expect("the shape rule has checked the axis");
    around(batch, shape, axis)
}

impl<T: Float> Run<T> for Running {
    fn forward(&self, call: Forward<'_, T>) {
        let axes = axes(self, call.context.batch, call.output_shape);
        running::forward(self.function == RunningFunction::Cumsum, call.inputs[0].data, axes, call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let axes = axes(self, call.context.batch, call.output.shape);
        if let Some(gradient) = &mut call.d_inputs[0] {
            let (read, is_sum) = ([call.inputs[0].data, call.output.data], self.function == RunningFunction::Cumsum);
            running::backward(is_sum, read, axes, call.d_output, gradient.data, gradient.accumulate);
        }
    }
}
