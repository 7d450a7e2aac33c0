//! Running what runs along an axis.

use model_graph::layers::Running;
use model_graph::layers::operations::running::RunningFunction;

use crate::float::Float;
use crate::kernels::operation::running;
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::along;

impl<T: Float> Run<T> for Running {
    fn forward(&self, call: Forward<'_, T>) {
        let axes = along(self.axis, call.context.batch, call.output_shape);
        running::forward(self.function == RunningFunction::Cumsum, call.inputs[0].data, axes, call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let axes = along(self.axis, call.context.batch, call.output.shape);
        if let Some(gradient) = &mut call.d_inputs[0] {
            let (read, is_sum) = ([call.inputs[0].data, call.output.data], self.function == RunningFunction::Cumsum);
            running::backward(is_sum, read, axes, call.d_output, gradient.data, gradient.accumulate);
        }
    }
}
