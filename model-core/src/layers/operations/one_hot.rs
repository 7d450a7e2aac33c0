//! Running numbers of classes as vectors.

use model_graph::layers::OneHot;

use crate::float::Float;
use crate::kernels::operation::one_hot;
use crate::layer::{Backward, Forward, Run};
use crate::layers::{geometry::around, pass};

impl<T: Float> Run<T> for OneHot {
    fn forward(&self, call: Forward<'_, T>) {
        let shape = call.output_shape;
        let axis = self.axis.in_sample(shape.len()).expect("the shape rule has checked the axis");
        one_hot::forward(call.inputs[0].data, around(call.context.batch, shape, axis), call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        pass::nothing(call.d_inputs);
    }
}
