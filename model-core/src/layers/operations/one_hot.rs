//! Running numbers of classes as vectors.

use model_graph::layers::OneHot;

use crate::float::Float;
use crate::kernels::operation::one_hot;
use crate::layer::{Backward, Forward, Run};
use crate::layers::{geometry::along, pass};

impl<T: Float> Run<T> for OneHot {
    crate::layers::derived::derived!(nothing);

    fn forward(&self, call: Forward<'_, T>) {
        let axes = along(self.axis, call.context.batch, call.output_shape);
        one_hot::forward(call.inputs[0].data, axes, call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        pass::nothing(call.d_inputs);
    }
}
