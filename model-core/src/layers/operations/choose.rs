//! Running the choice of one of two by a third.

use model_graph::layers::Choose;

use super::arithmetic::operands;
use crate::float::Float;
use crate::kernels::operation::choose;
use crate::layer::{Backward, Forward, Run};

impl<T: Float> Run<T> for Choose {
    fn forward(&self, call: Forward<'_, T>) {
        let operands = operands([&self.condition, &self.x1, &self.x2], call.inputs, call.output_shape);
        choose::forward(&operands, call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let given = [&self.condition, &self.x1, &self.x2];
        let operands = operands(given, call.inputs, call.output.shape);
        let tensors = given.into_iter().enumerate().filter(|(_, operand)| operand.is_tensor());
        for ((operand, _), gradient) in tensors.zip(call.d_inputs.iter_mut()) {
            if let Some(gradient) = gradient {
                choose::backward(&operands, call.d_output, operand, gradient.data, gradient.accumulate);
            }
        }
    }
}
