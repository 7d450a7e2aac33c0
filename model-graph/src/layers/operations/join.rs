//! Several tensors put together.

use crate::argument::Axis;
use crate::layer::{Arity, Layer, Needs, layer};
use crate::layers::activated::resolve_axis;
use crate::layers::merge;
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

operations! {
    /// The operations that put tensors together.
    JoinFunction of ["xs"] {
        /// One behind the other along an axis.
        Concatenate "concatenate" in numpy;
    }
}

layer! {
    /// Tensors one behind the other along an axis: `ops::concatenate([x, y], axis = 1)`.
    Join {
        /// Which.
        function: JoinFunction,
        /// The axis along which they are put together; the batch, which cannot be, is axis 0. Default, as Keras's: `0`.
        axis: Axis = Axis(0),
    }
}

impl Join {
    /// The axis in the sample's shape.
    ///
    /// # Errors
    /// If there is no such axis, or it is the batch's.
    pub fn sample_axis(&self, shape: &Shape) -> Result<usize, Problem> {
        resolve_axis("axis", self.axis.0, shape)
    }
}

impl Layer for Join {
    const ARITY: Arity = Arity::AtLeast(1);
    const OPERATIONS: &'static [Operation] = JoinFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let first = &inputs[0];
        let axis = self.sample_axis(&first.shape)?;
        if let Some(operand) = inputs.iter().position(|input| input.dtype != first.dtype) {
            return Err(Problem::DType { operand, expected: first.dtype, found: inputs[operand].dtype });
        }
        merge::joined(inputs, axis).map(|shape| first.with_shape(shape))
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs::default()
    }
}
