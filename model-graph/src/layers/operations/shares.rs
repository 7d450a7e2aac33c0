//! Shares along an axis.

use crate::argument::Axis;
use crate::dim::Dim;
use crate::layer::{Layer, Needs, Space, layer};
use crate::layers::activated::{require_floats, resolve_axis};
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

operations! {
    /// The operations that give shares along an axis.
    SharesFunction of ["x"] {
        /// The logarithm of what `softmax` gives.
        LogSoftmax "log_softmax" in nn;
        /// `e^x` over the sum of it along the axis.
        Softmax "softmax" in nn;
        /// The nearest numbers that sum to 1 and of which none is below 0.
        Sparsemax "sparsemax" in nn;
    }
}

layer! {
    /// Shares along an axis, which sum to 1: `ops::softmax(x, axis = -1)`.
    Shares {
        /// Which.
        function: SharesFunction,
        /// The axis; the batch is axis 0. Default: `-1`.
        axis: Axis = Axis(-1),
    }
}

impl Layer for Shares {
    const OPERATIONS: &'static [Operation] = SharesFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        resolve_axis("axis", self.axis.0, &inputs[0].shape)?;
        Ok(inputs[0].clone())
    }

    fn needs(&self, _inputs: &[Shape], output: &Shape) -> Needs {
        let is_last = output.rank().checked_sub(1).is_none_or(|last| self.axis.in_sample(output.rank()) == Some(last));
        // Rows are made of another axis than the last one.
        let rows = if is_last || self.function == SharesFunction::Softmax { Dim::default() } else { output.count() };
        Needs {
            output: true,
            backward_scratch: Space::per_sample(rows.saturating_mul(&Dim::constant(2))),
            forward_scratch: Space::per_sample(rows),
            ..Needs::default()
        }
    }
}
