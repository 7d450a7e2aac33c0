//! Tensors of one number, in the shape of another.

use crate::argument::{Argument, Mismatch, Value};
use crate::layer::{Layer, Needs, layer};
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

operations! {
    /// The operations that give one number everywhere.
    FilledFunction of ["x"] {
        /// 1 everywhere.
        OnesLike "ones_like" in numpy;
        /// 0 everywhere.
        ZerosLike "zeros_like" in numpy;
    }
}

/// Keras's name of a type of elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeName(pub DType);

impl Argument for TypeName {
    const EXPECTED: &'static str = "`\"float32\"`, `\"int32\"` or `\"bool\"`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let found = value.as_str().and_then(|name| DType::ALL.into_iter().find(|dtype| dtype.keras_name() == name));
        found.map(Self).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        Value::from(self.0.keras_name())
    }
}

layer! {
    /// One number everywhere, in a tensor's shape: `ops::zeros_like(x)`.
    Filled {
        /// Which.
        function: FilledFunction,
        /// The type of the elements; the tensor's own, if `None`.
        dtype: Option<TypeName> = None,
    }
}

impl Layer for Filled {
    const OPERATIONS: &'static [Operation] = FilledFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let TensorType { dtype, shape } = &inputs[0];
        Ok(TensorType { dtype: self.dtype.map_or(*dtype, |name| name.0), shape: shape.clone() })
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs::default()
    }
}
