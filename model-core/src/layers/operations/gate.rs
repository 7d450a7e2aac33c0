//! Running the gating of one half of a tensor by the other.

use model_graph::layers::Gate;

use crate::float::Float;
use crate::kernels::operation::gate;
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::around;

fn axes(layer: &Gate, batch: usize, shape: &[usize]) -> [usize; 3] {
    around(batch, shape, layer.axis.in_sample(shape.len()).expect("the shape rule has checked the axis"))
}

impl<T: Float> Run<T> for Gate {
    fn forward(&self, call: Forward<'_, T>) {
        gate::forward(call.inputs[0].data, axes(self, call.context.batch, call.inputs[0].shape), call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let axes = axes(self, call.context.batch, call.inputs[0].shape);
        if let Some(gradient) = &mut call.d_inputs[0] {
            gate::backward(call.inputs[0].data, axes, call.d_output, gradient.data, gradient.accumulate);
        }
    }
}
