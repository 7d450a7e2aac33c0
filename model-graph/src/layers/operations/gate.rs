//! Half of a tensor, gated by the other half.

use crate::argument::Axis;
use crate::dim::Dim;
use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::{require_floats, resolve_axis};
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

operations! {
    /// The operations that gate.
    GateFunction of ["x"] {
        /// The first half along an axis, times the sigmoid of the second.
        Glu "glu" in nn;
    }
}

layer! {
    /// The first half of a tensor along an axis, times the sigmoid of the second: `ops::glu(x)`.
    Gate {
        /// Which.
        function: GateFunction,
        /// The axis; the batch is axis 0. Default: `-1`.
        axis: Axis = Axis(-1),
    }
}

impl Layer for Gate {
    const OPERATIONS: &'static [Operation] = GateFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        let shape = &inputs[0].shape;
        let axis = resolve_axis("axis", self.axis.0, shape)?;
        let size = &shape.0[axis];
        let half = size.exact_div(&Dim::constant(2)).ok_or_else(|| Problem::Parts {
            parts: 2,
            axis: axis.saturating_add(1),
            size: size.clone(),
            shape: shape.clone(),
        })?;
        Ok(inputs[0].with_shape(shape.with(axis, half)))
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs { inputs: true, ..Needs::default() }
    }
}
