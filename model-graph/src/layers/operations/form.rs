//! The elements of a tensor in another shape.

use crate::argument::TargetShape;
use crate::layer::{Layer, layer};
use crate::layers::reshaping::reshape::Reshape;
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::TensorType;

operations! {
    /// The operations that give another shape.
    FormFunction of ["x"] {
        /// The elements in another shape, whose first size is the batch's, -1.
        Reshape "reshape" in numpy;
    }
}

layer! {
    /// The elements of a tensor in another shape: `ops::reshape(x, [-1, 4, 8])`.
    Form {
        /// Which.
        function: FormFunction,
        /// The new shape, the batch first, which is -1.
        newshape: TargetShape,
    }
}

impl Layer for Form {
    const OPERATIONS: &'static [Operation] = FormFunction::ALL;
    const IS_VIEW: bool = true;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let mismatch = || Problem::BatchShape { from: inputs[0].shape.clone(), to: self.newshape.clone() };
        let Some((None, sample)) = self.newshape.0.split_first() else { return Err(mismatch()) };
        let reshape = Reshape { target_shape: TargetShape(sample.to_vec()) };
        reshape.infer(inputs).map_err(|problem| if let Problem::Elements { .. } = problem { mismatch() } else { problem })
    }
}
