//! Running the choice of one of two by a third.

use model_graph::layers::Choose;

use super::arithmetic::operands;
use crate::error::Result;
use crate::float::Float;
use crate::kernels::operation::choose;
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::{derived, summed_to};
use crate::variable::ops;

impl<T: Float> Run<T> for Choose {
    derived!(|layer, call| {
        let (condition, d) = (call.input(0)?, call.d()?);
        let chosen = [(&layer.x1, ops::where_(condition, d, 0.0)?), (&layer.x2, ops::where_(condition, 0.0, d)?)];
        let tensors = chosen.into_iter().filter(|(operand, _)| operand.is_tensor()).enumerate();
        let gradients = tensors.map(|(place, (_, d))| summed_to(&d, call.shape(place + 1)).map(Some));
        Ok(Derived::Inputs(std::iter::once(Ok(None)).chain(gradients).collect::<Result<_>>()?))
    });

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
