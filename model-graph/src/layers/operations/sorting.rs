//! The elements along an axis in their order.

use crate::argument::{Axis, Size};
use crate::dim::Dim;
use crate::layer::{Layer, Manner, Needs, Space, layer};
use crate::layers::activated::resolve_axis;
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

operations! {
    /// The operations that order elements.
    SortingFunction of ["x"] {
        /// The places of the elements along an axis, that of the smallest first.
        Argsort "argsort" in numpy with [axis];
        /// The elements along an axis, the smallest first.
        Sort "sort" in numpy with [axis];
        /// The largest elements along the last axis, the largest first, and their places.
        TopK "top_k" in math needs [k] with [sorted];
    }
}

layer! {
    /// The elements along an axis in their order: `ops::sort(x, axis = 1)`, `let (most, places) = ops::top_k(x, 3);`.
    ///
    /// Of equal elements the first in the input comes first.
    Sorting {
        /// Which.
        function: SortingFunction,
        /// How many are taken.
        k: Size = Size(Dim::constant(1)),
        /// Whether they are in order, as they always are here. Default: `true`.
        sorted: bool = true,
        /// The axis; the batch is axis 0. Default: `-1`.
        axis: Axis = Axis(-1),
    }
}

impl Layer for Sorting {
    const OPERATIONS: &'static [Operation] = SortingFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let TensorType { dtype, shape } = &inputs[0];
        let axis = resolve_axis("axis", self.axis.0, shape)?;
        match self.function {
            SortingFunction::Argsort => Ok(TensorType { dtype: DType::I32, shape: shape.clone() }),
            SortingFunction::Sort => Ok(inputs[0].clone()),
            SortingFunction::TopK => {
                let (most, taken) = (&shape.0[axis], &self.k.0);
                // What is as long, or a constant, is asked again by the compiler or where the model runs.
                let Some(rest) = most.sub(taken).filter(Dim::is_constant) else {
                    return Err(Problem::Unknown { operand: 0, axis, shape: shape.clone() });
                };
                if rest.known().is_some_and(|rest| rest < 0) {
                    return Err(Problem::Beyond {
                        argument: "k",
                        found: taken.clone(),
                        most: most.clone(),
                        shape: shape.clone(),
                    });
                }
                Ok(TensorType { dtype: *dtype, shape: shape.with(axis, taken.clone()) })
            }
        }
    }

    fn outputs(&self, inputs: &[TensorType], _manner: Manner) -> Result<Vec<TensorType>, Problem> {
        let first = self.infer(inputs)?;
        let places = TensorType { dtype: DType::I32, shape: first.shape.clone() };
        Ok(if self.function == SortingFunction::TopK { vec![first, places] } else { vec![first] })
    }

    fn index_bound_before(&self, asked: usize) -> Option<usize> {
        (self.function != SortingFunction::Argsort).then_some(asked)
    }

    fn numbers_below(&self, inputs: &[TensorType], output: usize) -> Option<usize> {
        let gives_places = match self.function {
            SortingFunction::Argsort => true,
            SortingFunction::Sort => false,
            SortingFunction::TopK => output == 1,
        };
        let shape = &inputs.first().filter(|_| gives_places)?.shape;
        shape.0.get(resolve_axis("axis", self.axis.0, shape).ok()?)?.size()
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        let places = Space::per_sample(inputs[0].count());
        let saved = if self.function == SortingFunction::Argsort { Space::NONE } else { places.clone() };
        Needs { saved, forward_scratch: places, ..Needs::default() }
    }
}
