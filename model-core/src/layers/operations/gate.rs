//! Running the gating of one half of a tensor by the other.

use model_graph::layers::Gate;

use crate::float::Float;
use crate::kernels::operation::gate;
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::along;

impl<T: Float> Run<T> for Gate {
    fn forward(&self, call: Forward<'_, T>) {
        gate::forward(call.inputs[0].data, along(self.axis, call.context.batch, call.inputs[0].shape), call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let axes = along(self.axis, call.context.batch, call.inputs[0].shape);
        if let Some(gradient) = &mut call.d_inputs[0] {
            gate::backward(call.inputs[0].data, axes, call.d_output, gradient.data, gradient.accumulate);
        }
    }
}
