//! The mean and the variance along axes.

use super::reduction::left;
use crate::argument::{ListedAxes, Off};
use crate::layer::{Layer, Manner, Needs, layer};
use crate::layers::activated::require_floats;
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

operations! {
    /// The operations that give mean and variance.
    MomentsFunction of ["x"] {
        /// The mean and the variance along axes.
        Moments "moments" in nn;
    }
}

layer! {
    /// The mean and the variance along axes: `let (mean, variance) = ops::moments(x, axes = [1]);`.
    Moments {
        /// Which.
        function: MomentsFunction,
        /// The axes, of which the batch is 0.
        axes: ListedAxes,
        /// Whether the axes stay, with size 1. Default: `false`.
        keepdims: bool = false,
        /// Not supported: whether several machines count together.
        synchronized: Off = Off,
    }
}

impl Layer for Moments {
    const OPERATIONS: &'static [Operation] = MomentsFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        left(Some(&self.axes.0), self.keepdims, &inputs[0].shape).map(TensorType::f32)
    }

    fn outputs(&self, inputs: &[TensorType], _manner: Manner) -> Result<Vec<TensorType>, Problem> {
        self.infer(inputs).map(|output| vec![output; 2])
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs { inputs: true, output: true, ..Needs::default() }
    }
}
