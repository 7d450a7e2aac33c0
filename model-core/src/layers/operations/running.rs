//! Running what runs along an axis.

use model_graph::layers::Running;
use model_graph::layers::operations::running::RunningFunction;

use crate::float::Float;
use crate::kernels::operation::running;
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::derived;
use crate::layers::geometry::along;
use crate::variable::ops;

impl<T: Float> Run<T> for Running {
    derived!(|layer, call| {
        if layer.function == RunningFunction::Cumsum {
            return Ok(Derived::Linear);
        }
        let x = call.x()?;
        let axis = layer.sample_axis(&model_graph::shape::Shape::from(&x.shape()[1..])).map_or(1, |axis| axis + 1);
        let mut products = vec![x.at(axis as i64, 0)?];
        for place in 1..x.shape()[axis] {
            products.push(&products[place - 1] * x.at(axis as i64, place as i64)?);
        }
        Ok(Derived::Outputs(vec![ops::stack(&products.iter().collect::<Vec<_>>(), axis as i64)?]))
    });

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
