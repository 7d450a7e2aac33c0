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
        /// The quotient, 0 where it is of 0.
        DivideNoNan "divide_no_nan" in numpy;
        /// Whether they are equal.
        Equal "equal" in numpy;
        /// The quotient without what is behind the point.
        FloorDivide "floor_divide" in numpy;
        /// What a division leaves, with the sign of what is divided.
        Fmod "fmod" in numpy;
        /// Whether the first is above the second.
        Greater "greater" in numpy;
        /// Whether the first is not below the second.
        GreaterEqual "greater_equal" in numpy;
        /// The length of the way to the point at both.
        Hypot "hypot" in numpy;
        /// Whether the first is below the second.
        Less "less" in numpy;
        /// Whether the first is not above the second.
        LessEqual "less_equal" in numpy;
        /// `log(e^x1 + e^x2)`.
        Logaddexp "logaddexp" in numpy;
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
    /// Numbers, and gives one: a whole number of whole numbers.
    Numbers,
    /// Numbers, and gives one with what is behind the point.
    Fractions,
    /// Numbers, and tells how they compare.
    Comparison,
    /// What is true or false, and gives that.
    Truth,
}

impl ArithmeticFunction {
    const fn sort(self) -> Sort {
        match self {
            Self::Equal | Self::Greater | Self::GreaterEqual | Self::Less | Self::LessEqual | Self::NotEqual => Sort::Comparison,
            Self::LogicalAnd | Self::LogicalOr | Self::LogicalXor => Sort::Truth,
            Self::Arctan2 | Self::Divide | Self::DivideNoNan | Self::Hypot | Self::Logaddexp | Self::TrueDivide => {
                Sort::Fractions
            }
            Self::Add
            | Self::FloorDivide
            | Self::Fmod
            | Self::Maximum
            | Self::Minimum
            | Self::Mod
            | Self::Multiply
            | Self::Power
            | Self::Subtract => Sort::Numbers,
        }
    }

    /// Whether backward reads what it was given.
    const fn reads_operands(self) -> bool {
        matches!(self.sort(), Sort::Numbers | Sort::Fractions) && !matches!(self, Self::Add | Self::Subtract | Self::FloorDivide)
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

impl Arithmetic {
    /// The type that numbers of these types come to: whole where all are, as in Keras; what is true counts as 1 beside others.
    fn numbers(&self, inputs: &[TensorType]) -> Result<DType, Problem> {
        let given = [&self.x1, &self.x2].into_iter().filter_map(Operand::dtype);
        let mut all = inputs.iter().map(|input| input.dtype).chain(given);
        if all.clone().any(|dtype| dtype == DType::F32) {
            return Ok(DType::F32);
        }
        match all.any(|dtype| dtype == DType::I32) {
            true => Ok(DType::I32),
            false => Err(Problem::DType { operand: 0, expected: DType::F32, found: DType::Bool }),
        }
    }
}

impl Layer for Arithmetic {
    const OPERATIONS: &'static [Operation] = ArithmeticFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let dtype = match self.function.sort() {
            Sort::Numbers => self.numbers(inputs)?,
            Sort::Fractions => self.numbers(inputs).map(|_| DType::F32)?,
            Sort::Comparison => DType::Bool,
            Sort::Truth => match inputs.iter().position(|input| input.dtype != DType::Bool) {
                Some(operand) => return Err(Problem::DType { operand, expected: DType::Bool, found: inputs[operand].dtype }),
                None => DType::Bool,
            },
        };
        Ok(TensorType { dtype, shape: merge::shape(inputs)? })
    }

    /// A number of classes or words that is made larger asks for as much less.
    fn index_bound_before(&self, asked: usize) -> Option<usize> {
        let more = self.x1.whole().or(self.x2.whole())?;
        if self.function == ArithmeticFunction::Add { asked.checked_sub(more) } else { None }
    }

    /// What a division by a number leaves.
    fn numbers_below(&self, _inputs: &[TensorType], _output: usize) -> Option<usize> {
        self.x2.whole().filter(|&divisor| self.function == ArithmeticFunction::Mod && divisor > 0)
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs { inputs: self.function.reads_operands(), ..Needs::default() }
    }
}
