//! Tensors of one number, in the shape of another.

use crate::argument::{Argument, Mismatch, Value};
use crate::layer::{Layer, layer};
use crate::operation::{Choice, Operand, Operation, operations};
use crate::problem::Problem;
use crate::shape::{DType, TensorType};

operations! {
    /// The operations that give one number everywhere.
    FilledFunction of ["x"] {
        /// A number everywhere.
        FullLike "full_like" in numpy of ["x", "fill_value"] with [dtype];
        /// 1 everywhere.
        OnesLike "ones_like" in numpy with [dtype];
        /// 0 everywhere.
        ZerosLike "zeros_like" in numpy with [dtype];
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
        /// The number.
        fill_value: Operand = Operand::default(),
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
        // Whole numbers or truths that are asked for by their name are made of any number.
        let is_fit = match (self.dtype, dtype, self.fill_value.number()) {
            (Some(_), ..) | (None, DType::F32, _) | (_, _, None) => true,
            (None, DType::I32, Some(number)) => number.fract() == 0.0,
            (None, DType::Bool, Some(number)) => number == 0.0 || number == 1.0,
        };
        if !is_fit {
            return Err(Problem::DType { operand: 0, expected: DType::F32, found: *dtype });
        }
        if self.function == FilledFunction::FullLike && self.fill_value.is_tensor() {
            return Err(Problem::Fill);
        }
        Ok(TensorType { dtype: self.dtype.map_or(*dtype, |name| name.0), shape: shape.clone() })
    }

    fn index_bound_before(&self, _asked: usize) -> Option<usize> {
        None
    }
}
