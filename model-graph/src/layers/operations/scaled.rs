//! Vectors that are divided by their lengths.

use std::num::NonZeroUsize;

use crate::argument::{Axis, Epsilon};
use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::{require_floats, resolve_axis};
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

operations! {
    /// The operations that scale vectors.
    ScaledFunction of ["x"] {
        /// The vectors along an axis, divided by their lengths.
        Normalize "normalize" in nn;
    }
}

layer! {
    /// Vectors along an axis, divided by their lengths: `ops::normalize(x, axis = -1)`.
    Scaled {
        /// Which.
        function: ScaledFunction,
        /// The axis; the batch is axis 0. Default: `-1`.
        axis: Axis = Axis(-1),
        /// The power whose sum is the length. Default: `2`.
        order: NonZeroUsize = TWO,
        /// The least length that is divided by; 1e-7, if `None`.
        epsilon: Option<Epsilon> = None,
    }
}

const TWO: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1);

impl Layer for Scaled {
    const OPERATIONS: &'static [Operation] = ScaledFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        resolve_axis("axis", self.axis.0, &inputs[0].shape)?;
        Ok(inputs[0].clone())
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs { inputs: true, ..Needs::default() }
    }
}
