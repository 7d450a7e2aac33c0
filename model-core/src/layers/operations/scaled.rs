//! Running the division of vectors by their lengths.

use model_graph::layers::Scaled;

use crate::float::Float;
use crate::kernels::operation::scale;
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::along;

/// The power, and the least length that is divided by.
fn numbers(layer: &Scaled) -> (f64, f64) {
    (layer.order.get() as f64, layer.epsilon.map_or(1e-7, |epsilon| epsilon.0))
}

impl<T: Float> Run<T> for Scaled {
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
