//! Numbers of classes, each as a vector with 1 in its place.

use super::filled::TypeName;
use crate::argument::{Axis, Off, Size};
use crate::layer::{Layer, layer};
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

operations! {
    /// The operations that write numbers of classes out.
    OneHotFunction of ["x"] {
        /// A vector for each number, 1 in its place; all 0 for a number that is none of a class.
        OneHot "one_hot" in nn;
    }
}

layer! {
    /// Numbers of classes, each as a vector with 1 in its place: `ops::one_hot(ids, 10)`.
    OneHot {
        /// Which.
        function: OneHotFunction,
        /// How many classes there are.
        num_classes: Size,
        /// The axis of the result that the vectors lie along; the batch is axis 0. Default: `-1`.
        axis: Axis = Axis(-1),
        /// The type of the elements; `float32`, if `None`.
        dtype: Option<TypeName> = None,
        /// Not supported: whether the result is a sparse tensor.
        sparse: Off = Off,
    }
}

impl OneHot {
    /// The axis in the shape of a sample of the result, for numbers of so many axes besides the batch.
    ///
    /// # Errors
    /// If there is no such axis, or it is the batch's.
    pub fn sample_axis(&self, shape: &Shape) -> Result<usize, Problem> {
        let whole = Shape(shape.0.iter().chain([&self.num_classes.0]).cloned().collect());
        crate::layers::activated::resolve_axis("axis", self.axis.0, &whole)
    }
}

impl Layer for OneHot {
    const OPERATIONS: &'static [Operation] = OneHotFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let TensorType { dtype, shape } = &inputs[0];
        if *dtype != DType::I32 {
            return Err(Problem::DType { operand: 0, expected: DType::I32, found: *dtype });
        }
        let axis = self.sample_axis(shape)?;
        let mut dims = shape.0.clone();
        dims.insert(axis, self.num_classes.0.clone());
        Ok(TensorType { dtype: self.dtype.map_or(DType::F32, |name| name.0), shape: Shape(dims) })
    }

    fn index_bound_before(&self, _asked: usize) -> Option<usize> {
        None
    }
}
