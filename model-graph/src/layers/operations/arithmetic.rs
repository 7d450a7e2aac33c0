//! Arithmetic, comparisons and what combines them.

use crate::layer::{Layer, Needs, layer};
use crate::layers::merge;
use crate::operation::{Choice, Operand, Operation, operations};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

operations! {
    /// The functions of two operands, element by element.
    ArithmeticFunction of ["x1", "x2"] {
        /// The sum.
        Add "add" in numpy;
        /// The angle of the point at `x2` to the right and `x1` up.
        Arctan2 "arctan2" in numpy;
        /// The quotient.
        Divide "divide" in numpy;
        /// Whether they are equal.
        Equal "equal" in numpy;
        /// The quotient without what is behind the point.
        FloorDivide "floor_divide" in numpy;
        /// Whether the first is above the second.
        Greater "greater" in numpy;
        /// Whether the first is not below the second.
        GreaterEqual "greater_equal" in numpy;
        /// Whether the first is below the second.
        Less "less" in numpy;
        /// Whether the first is not above the second.
        LessEqual "less_equal" in numpy;
        /// Whether both are true.
        LogicalAnd "logical_and" in numpy;
        /// Whether one of them is true, or both.
        LogicalOr "logical_or" in numpy;
        /// Whether one of them is true, and not both.
        LogicalXor "logical_xor" in numpy;
        /// The larger.
        Maximum "maximum" in numpy;
        /// The smaller.
        Minimum "minimum" in numpy;
        /// What a division leaves, with the divisor's sign.
        Mod "mod" in numpy;
        /// The product.
        Multiply "multiply" in numpy;
        /// Whether they are not equal.
        NotEqual "not_equal" in numpy;
        /// The first to the power of the second.
        Power "power" in numpy;
        /// The difference.
        Subtract "subtract" in numpy;
        /// The quotient.
        TrueDivide "true_divide" in numpy;
    }
}

/// What a function takes and gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// Numbers, and gives one.
    Numbers,
    /// Two of one type, and tells how they compare.
    Comparison,
    /// What is true or false, and gives that.
    Truth,
}

impl ArithmeticFunction {
    const fn sort(self) -> Sort {
        match self {
            Self::Equal | Self::Greater | Self::GreaterEqual | Self::Less | Self::LessEqual | Self::NotEqual => Sort::Comparison,
            Self::LogicalAnd | Self::LogicalOr | Self::LogicalXor => Sort::Truth,
            Self::Add
            | Self::Arctan2
            | Self::Divide
            | Self::FloorDivide
            | Self::Maximum
            | Self::Minimum
            | Self::Mod
            | Self::Multiply
            | Self::Power
            | Self::Subtract
            | Self::TrueDivide => Sort::Numbers,
        }
    }

    /// Whether backward reads what it was given.
    const fn reads_operands(self) -> bool {
        matches!(self.sort(), Sort::Numbers) && !matches!(self, Self::Add | Self::Subtract | Self::FloorDivide)
    }
}

layer! {
    /// Arithmetic, comparisons and what combines them, of two tensors or of a tensor and a number: `x / 255.0`, `ops::maximum(x, y)`.
    Arithmetic {
        /// Which.
        function: ArithmeticFunction,
        /// The first number, where it is no tensor.
        x1: Operand = Operand::default(),
        /// The second number, where it is no tensor.
        x2: Operand = Operand::default(),
    }
}

impl Layer for Arithmetic {
    const OPERATIONS: &'static [Operation] = ArithmeticFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let sort = self.function.sort();
        let first = inputs[0].dtype;
        for (operand, input) in inputs.iter().enumerate() {
            let (expected, found) = match sort {
                // What is true counts as 1, as in Keras, beside numbers.
                Sort::Numbers if input.dtype == DType::Bool && inputs.iter().any(|input| input.dtype == DType::F32) => continue,
                Sort::Numbers => (DType::F32, input.dtype),
                Sort::Comparison => (first, input.dtype),
                Sort::Truth => (DType::Bool, input.dtype),
            };
            if expected != found {
                return Err(Problem::DType { operand, expected, found });
            }
        }
        let shape = merge::shape(inputs)?;
        let dtype = if sort == Sort::Numbers { DType::F32 } else { DType::Bool };
        Ok(TensorType { dtype, shape })
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs { inputs: self.function.reads_operands(), ..Needs::default() }
    }
}
