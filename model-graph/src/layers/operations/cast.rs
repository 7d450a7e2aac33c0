//! Elements of another type.

use super::filled::TypeName;
use crate::layer::{Layer, layer};
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::TensorType;

operations! {
    /// The operations that change the elements' type.
    CastFunction of ["x"] {
        /// The elements as another type has them: whole numbers without what is behind the point, or true where they are not 0.
        Cast "cast" in core;
    }
}

layer! {
    /// A tensor with elements of another type: `ops::cast(x > 0, "float32")`.
    Cast {
        /// Which.
        function: CastFunction,
        /// The type: `"float32"`, `"int32"` or `"bool"`.
        dtype: TypeName,
    }
}

impl Layer for Cast {
    const OPERATIONS: &'static [Operation] = CastFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        Ok(TensorType { dtype: self.dtype.0, shape: inputs[0].shape.clone() })
    }
}
