//! Several tensors put together.

use crate::argument::Axis;
use crate::dim::Dim;
use crate::layer::{Arity, Layer, layer};
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
        /// One behind the other along a new axis.
        Stack "stack" in numpy of ["x"];
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
        match self.function {
            JoinFunction::Concatenate => resolve_axis("axis", self.axis.0, shape),
            JoinFunction::Stack => {
                let new = Dim::from(1);
                resolve_axis("axis", self.axis.0, &Shape(shape.0.iter().chain([&new]).cloned().collect()))
            }
        }
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
        if self.function == JoinFunction::Concatenate {
            return merge::joined(inputs, axis).map(|shape| first.with_shape(shape));
        }
        if inputs.iter().any(|input| input.shape != first.shape) {
            return Err(Problem::Differ { shapes: inputs.iter().map(|input| input.shape.clone()).collect(), except: None });
        }
        let mut dims = first.shape.0.clone();
        dims.insert(axis, Dim::from(inputs.len()));
        Ok(first.with_shape(Shape(dims)))
    }
}
