//! The largest and the smallest along axes.

use super::reduction::left;
use crate::argument::{Absent, Axes};
use crate::layer::{Layer, Needs, Space, layer};
use crate::layers::activated::require_floats;
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

operations! {
    /// The extremes along axes.
    ExtremeFunction of ["x"] {
        /// The largest.
        Max "max" in numpy;
        /// The smallest.
        Min "min" in numpy;
    }
}

layer! {
    /// The largest or smallest along axes: `ops::max(x, axis = 1)`.
    Extreme {
        /// Which.
        function: ExtremeFunction,
        /// The axes that are reduced, of which the batch is 0; one, or a list. All that a sample has must be named: a result of a whole
        /// batch is no tensor of samples.
        axis: Option<Axes> = None,
        /// Whether the axes stay, with size 1. Default: `false`.
        keepdims: bool = false,
        /// Not supported: a number that the elements are compared with, too.
        initial: Absent = Absent,
    }
}

impl Layer for Extreme {
    const OPERATIONS: &'static [Operation] = ExtremeFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        if inputs[0].dtype != DType::I32 {
            require_floats(inputs)?;
        }
        left(self.axis.as_ref(), self.keepdims, &inputs[0].shape).map(|shape| inputs[0].with_shape(shape))
    }

    fn needs(&self, _inputs: &[Shape], output: &Shape) -> Needs {
        let backward_scratch = Space::per_sample(output.count());
        Needs { inputs: true, output: true, backward_scratch, ..Needs::default() }
    }
}
