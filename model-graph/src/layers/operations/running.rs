//! Sums and products of all elements up to each.

use crate::argument::{Absent, Axis};
use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::{of_sample, require_floats, resolve_axis};
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

operations! {
    /// What runs along an axis.
    RunningFunction of ["x"] {
        /// The product of the elements up to each.
        Cumprod "cumprod" in numpy;
        /// The sum of the elements up to each.
        Cumsum "cumsum" in numpy;
    }
}

layer! {
    /// What the elements along an axis come to, up to each: `ops::cumsum(x, axis = 1)`.
    Running {
        /// Which.
        function: RunningFunction,
        /// The axis, of which the batch is 0. It must be named: what runs through a whole batch mixes its samples.
        axis: Option<Axis> = None,
        /// Not supported.
        dtype: Absent = Absent,
    }
}

impl Running {
    /// The axis in the sample's shape.
    ///
    /// # Errors
    /// If there is no such axis, none is named, or it is the batch's.
    pub fn sample_axis(&self, shape: &Shape) -> Result<usize, Problem> {
        resolve_axis("axis", of_sample(self.axis, shape)?.0, shape)
    }
}

impl Layer for Running {
    const OPERATIONS: &'static [Operation] = RunningFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        if inputs[0].dtype != DType::I32 {
            require_floats(inputs)?;
        }
        self.sample_axis(&inputs[0].shape)?;
        Ok(inputs[0].clone())
    }

    fn index_bound_before(&self, _asked: usize) -> Option<usize> {
        None
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        let reads = self.function == RunningFunction::Cumprod;
        Needs { inputs: reads, output: reads, ..Needs::default() }
    }
}
