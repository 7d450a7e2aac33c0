//! Running differences along an axis.

use model_graph::layers::Differences;

use crate::float::Float;
use crate::kernels::operation::difference;
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::along;

impl<T: Float> Run<T> for Differences {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        let axes = along(self.axis, call.context.batch, call.inputs[0].shape);
        difference::forward(self.factors(), call.inputs[0].data, axes, call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let axes = along(self.axis, call.context.batch, call.inputs[0].shape);
        if let Some(gradient) = &mut call.d_inputs[0] {
            difference::backward(self.factors(), call.d_output, axes, gradient.data, gradient.accumulate);
        }
    }
}
