//! Running the gating of one half of a tensor by the other.

use model_graph::layers::Gate;

use crate::float::Float;
use crate::kernels::operation::gate;
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::derived;
use crate::layers::geometry::along;

impl<T: Float> Run<T> for Gate {
    derived!(|layer, call| {
        let x = call.x()?;
        let axis = layer.axis.in_sample(x.shape().len() - 1).map_or(-1, |axis| axis as i64 + 1);
        let halves = x.split(2, axis)?;
        Ok(Derived::Outputs(vec![&halves[0] * halves[1].sigmoid()?]))
    });

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
