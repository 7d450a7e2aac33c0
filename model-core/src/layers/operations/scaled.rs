//! Running the division of vectors by their lengths.

use model_graph::layers::Scaled;

use crate::float::Float;
use crate::kernels::operation::scale;
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::derived;
use crate::layers::geometry::along;
use crate::variable::along as along_axis;

/// The power, and the least length that is divided by.
fn numbers(layer: &Scaled) -> (f64, f64) {
    (layer.order.get() as f64, layer.epsilon.map_or(1e-7, |epsilon| epsilon.0))
}

impl<T: Float> Run<T> for Scaled {
    derived!(|layer, call| {
        let x = call.x()?;
        let axis = layer.axis.in_sample(x.shape().len() - 1).map_or(-1, |axis| axis as i64 + 1);
        let ((power, least), axes) = (numbers(layer), along_axis(axis).keepdims());
        let length = if power == 2.0 { x.norm(axes)? } else { x.abs()?.power(power)?.sum(axes)?.power(1.0 / power)? };
        Ok(Derived::Outputs(vec![x / length.maximum(least)?]))
    });

    fn forward(&self, call: Forward<'_, T>) {
        let (axes, (power, least)) = (along(self.axis, call.context.batch, call.output_shape), numbers(self));
        scale::forward(power, least, call.inputs[0].data, axes, call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let (axes, (power, least)) = (along(self.axis, call.context.batch, call.output.shape), numbers(self));
        if let Some(gradient) = &mut call.d_inputs[0] {
            let x = call.inputs[0].data;
            scale::backward(power, least, x, axes, call.d_output, gradient.data, gradient.accumulate);
        }
    }
}
