//! Running arithmetic, comparisons and what combines them.

use model_graph::layers::Arithmetic;
use model_graph::layers::operations::arithmetic::ArithmeticFunction;
use model_graph::operation::Operand as Given;

use crate::error::Result;
use crate::float::Float;
use crate::kernels::operation::arithmetic::{self, Function, Operand};
use crate::kernels::stretched::Stretched;
use crate::layer::{Backward, Forward, Run, View};
use crate::layers::derived::{derived, summed_to};
use crate::layers::slopes::{self, Slope};
use crate::variable::ops::Other;

const fn kernel(function: ArithmeticFunction) -> Function {
    match function {
        ArithmeticFunction::Add => Function::Add,
        ArithmeticFunction::Arctan2 => Function::Arctan2,
        ArithmeticFunction::Divide | ArithmeticFunction::TrueDivide => Function::Divide,
        ArithmeticFunction::DivideNoNan => Function::DivideNoNan,
        ArithmeticFunction::Equal => Function::Equal,
        ArithmeticFunction::FloorDivide => Function::FloorDivide,
        ArithmeticFunction::Fmod => Function::Fmod,
        ArithmeticFunction::Greater => Function::Greater,
        ArithmeticFunction::GreaterEqual => Function::GreaterEqual,
        ArithmeticFunction::Hypot => Function::Hypot,
        ArithmeticFunction::Less => Function::Less,
        ArithmeticFunction::LessEqual => Function::LessEqual,
        ArithmeticFunction::Logaddexp => Function::Logaddexp,
        ArithmeticFunction::LogicalAnd => Function::And,
        ArithmeticFunction::LogicalOr => Function::Or,
        ArithmeticFunction::LogicalXor => Function::Xor,
        ArithmeticFunction::Maximum => Function::Maximum,
        ArithmeticFunction::Minimum => Function::Minimum,
        ArithmeticFunction::Mod => Function::Mod,
        ArithmeticFunction::Multiply => Function::Multiply,
        ArithmeticFunction::NotEqual => Function::NotEqual,
        ArithmeticFunction::Power => Function::Power,
        ArithmeticFunction::Subtract => Function::Subtract,
    }
}

/// Operands as the kernel takes them: numbers, and the next of the tensors.
pub(super) fn operands<'a, T: Float, const N: usize>(
    given: [&Given; N],
    inputs: &[View<'a, T>],
    whole: &'a [usize],
) -> [Operand<'a, T>; N] {
    let mut tensors = inputs.iter();
    given.map(|operand| match (operand.number(), tensors.clone().next()) {
        (Some(number), _) => Operand::Number(T::from_f64(number)),
        (None, Some(tensor)) => {
            tensors.next();
            // A tensor whose elements nobody keeps is not read.
            let data = if tensor.data.is_empty() { &[] } else { tensor.data };
            Operand::Tensor(Stretched::new(data, tensor.shape, whole))
        }
        (None, None) => Operand::Number(T::ZERO), // each operand that is no number has its tensor
    })
}

impl<T: Float> Run<T> for Arithmetic {
    derived!(|layer, call| {
        let operand = |own: &Given, place: usize| match own.number() {
            Some(number) => Ok(Other::Number(number)),
            None => call.input(place).map(Other::from),
        };
        // What is not read is not kept.
        let slopes = match layer.function {
            ArithmeticFunction::Add => [Some(Slope::Number(1.0)), Some(Slope::Number(1.0))],
            ArithmeticFunction::FloorDivide => [None, None],
            ArithmeticFunction::Subtract => [Some(Slope::Number(1.0)), Some(Slope::Number(-1.0))],
            _ => slopes::of(layer.function, &operand(&layer.x1, 0)?, &operand(&layer.x2, usize::from(layer.x1.is_tensor()))?)?,
        };
        let d = call.d()?;
        let tensors = [&layer.x1, &layer.x2].into_iter().zip(slopes).filter(|(operand, _)| operand.is_tensor());
        let gradients = tensors.enumerate().map(|(place, (_, slope))| {
            let Some(slope) = slope else { return Ok(None) };
            let d = match slope {
                Slope::Number(number) => d * number,
                Slope::Var(slope) => d * slope,
            };
            summed_to(&d, call.shape(place)).map(Some)
        });
        Ok(Derived::Inputs(gradients.collect::<Result<_>>()?))
    });

    fn forward(&self, call: Forward<'_, T>) {
        let operands = operands([&self.x1, &self.x2], call.inputs, call.output_shape);
        arithmetic::forward(kernel(self.function), &operands, call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let operands = operands([&self.x1, &self.x2], call.inputs, call.output.shape);
        let tensors = [&self.x1, &self.x2].into_iter().enumerate().filter(|(_, operand)| operand.is_tensor());
        for ((operand, _), gradient) in tensors.zip(call.d_inputs.iter_mut()) {
            if let Some(gradient) = gradient {
                let (data, accumulate) = (&mut *gradient.data, gradient.accumulate);
                arithmetic::backward(kernel(self.function), &operands, call.d_output, operand == 0, data, accumulate);
            }
        }
    }
}
