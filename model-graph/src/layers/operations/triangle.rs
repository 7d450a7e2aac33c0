//! Matrices with 0 on one side of a diagonal.

use crate::argument::Whole;
use crate::layer::{Layer, layer};
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::TensorType;

operations! {
    /// The triangles of matrices.
    TriangleFunction of ["x"] {
        /// The matrices with 0 above a diagonal.
        Tril "tril" in numpy;
        /// The matrices with 0 below a diagonal.
        Triu "triu" in numpy;
    }
}

layer! {
    /// Matrices, the last two axes, with 0 on one side of a diagonal: `ops::tril(x)`.
    Triangle {
        /// Which.
        function: TriangleFunction,
        /// Which diagonal: 0 is that from the first place, 1 the next above, -1 the next below. Default: `0`.
        k: Whole = Whole(0),
    }
}

impl Layer for Triangle {
    const OPERATIONS: &'static [Operation] = TriangleFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let shape = &inputs[0].shape;
        match shape.rank() {
            0 | 1 => Err(Problem::Rank { operand: 0, expected: &["rows", "columns"], found: shape.clone() }),
            _ => Ok(inputs[0].clone()),
        }
    }
}
