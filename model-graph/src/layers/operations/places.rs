//! Where along an axis the largest and the smallest are.

use super::reduction::left;
use crate::argument::{Axes, Axis};
use crate::layer::{Layer, layer};
use crate::layers::activated::resolve_axis;
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{DType, TensorType};

operations! {
    /// The places of extremes along an axis.
    PlacesFunction of ["x"] {
        /// The place of the largest, of several the first.
        Argmax "argmax" in numpy;
        /// The place of the smallest, of several the first.
        Argmin "argmin" in numpy;
    }
}

layer! {
    /// The place of the largest or smallest along an axis, counted from 0: `ops::argmax(x, axis = -1)`.
    Places {
        /// Which.
        function: PlacesFunction,
        /// The axis, of which the batch is 0. It must be named: a place in a whole batch is no tensor of samples.
        axis: Option<Axis> = None,
        /// Whether the axis stays, with size 1. Default: `false`.
        keepdims: bool = false,
    }
}

impl Places {
    fn axes(&self) -> Option<Axes> {
        self.axis.map(|axis| Axes(vec![axis.0]))
    }
}

impl Layer for Places {
    const OPERATIONS: &'static [Operation] = PlacesFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let shape = left(self.axes().as_ref(), self.keepdims, &inputs[0].shape)?;
        Ok(TensorType { dtype: DType::I32, shape })
    }

    fn index_bound_before(&self, _asked: usize) -> Option<usize> {
        None
    }

    fn numbers_below(&self, inputs: &[TensorType], _output: usize) -> Option<usize> {
        let shape = &inputs.first()?.shape;
        shape.0.get(resolve_axis("axis", self.axis?.0, shape).ok()?)?.size()
    }
}
