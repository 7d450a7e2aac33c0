//! Running the passing over of steps.

use model_graph::layers::Masking;

use crate::float::Float;
use crate::kernels::masking;
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::{derived, number};
use crate::layers::geometry::row;
use crate::variable::along;

impl<T: Float> Run<T> for Masking {
    derived!(|layer, call| {
        let x = call.x()?;
        let counts = number(x.not_equal(layer.mask_value.0)?.any(along(-1).keepdims()))?;
        Ok(Derived::Outputs(vec![x * counts]))
    });

    fn forward(&self, call: Forward<'_, T>) {
        masking::forward(call.inputs[0].data, row(call.output_shape), T::from_f64(self.mask_value.0), call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        if let Some(gradient) = &mut call.d_inputs[0] {
            let (features, value) = (row(call.output.shape), T::from_f64(self.mask_value.0));
            masking::backward(call.inputs[0].data, features, value, call.d_output, gradient.data, gradient.accumulate);
        }
    }
}
