//! Functions of one tensor, element by element.

use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::require_floats;
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

operations! {
    /// The functions of one tensor, element by element.
    PointwiseFunction of ["x"] {
        /// The absolute value.
        Absolute "absolute" in numpy;
        /// The arc cosine.
        Arccos "arccos" in numpy;
        /// The number whose hyperbolic cosine it is.
        Arccosh "arccosh" in numpy;
        /// The arc sine.
        Arcsin "arcsin" in numpy;
        /// The number whose hyperbolic sine it is.
        Arcsinh "arcsinh" in numpy;
        /// The arc tangent.
        Arctan "arctan" in numpy;
        /// The number whose hyperbolic tangent it is.
        Arctanh "arctanh" in numpy;
        /// The cube root.
        Cbrt "cbrt" in numpy;
        /// The smallest whole number that is not below.
        Ceil "ceil" in numpy;
        /// The cosine.
        Cos "cos" in numpy;
        /// The hyperbolic cosine.
        Cosh "cosh" in numpy;
        /// Degrees as radians.
        Deg2rad "deg2rad" in numpy;
        /// The error function.
        Erf "erf" in math;
        /// `e^x`.
        Exp "exp" in numpy;
        /// `2^x`.
        Exp2 "exp2" in numpy;
        /// `e^x - 1`, accurate near 0.
        Expm1 "expm1" in numpy;
        /// The largest whole number that is not above.
        Floor "floor" in numpy;
        /// `relu6(x + 3) / 6`.
        HardSigmoid "hard_sigmoid" in nn;
        /// `x * hard_sigmoid(x)`.
        HardSilu "hard_silu" in nn;
        /// The input, between -1 and 1.
        HardTanh "hard_tanh" in nn;
        /// Whether it is neither infinite nor NaN.
        IsFinite "isfinite" in numpy as "Isfinite";
        /// Whether it is infinite.
        IsInf "isinf" in numpy as "Isinf";
        /// Whether it is NaN.
        IsNan "isnan" in numpy as "Isnan";
        /// The natural logarithm.
        Log "log" in numpy;
        /// `log(1 + x)`, accurate near 0.
        Log1p "log1p" in numpy;
        /// The logarithm to the base 2.
        Log2 "log2" in numpy;
        /// The logarithm to the base 10.
        Log10 "log10" in numpy;
        /// `log(sigmoid(x))`.
        LogSigmoid "log_sigmoid" in nn;
        /// True where the input is false.
        LogicalNot "logical_not" in numpy;
        /// The input with the other sign.
        Negative "negative" in numpy;
        /// Radians as degrees.
        Rad2deg "rad2deg" in numpy;
        /// `1 / x`.
        Reciprocal "reciprocal" in numpy;
        /// The input, where it is above 0.
        Relu "relu" in nn;
        /// The input, between 0 and 6.
        Relu6 "relu6" in nn;
        /// `1 / sqrt(x)`.
        Rsqrt "rsqrt" in math;
        /// The scaled exponential linear unit.
        Selu "selu" in nn;
        /// `1 / (1 + e^-x)`.
        Sigmoid "sigmoid" in nn;
        /// 1, 0 or -1.
        Sign "sign" in numpy;
        /// `x * sigmoid(x)`.
        Silu "silu" in nn;
        /// The sine.
        Sin "sin" in numpy;
        /// The hyperbolic sine.
        Sinh "sinh" in numpy;
        /// `log(1 + e^x)`.
        Softplus "softplus" in nn;
        /// `x / (1 + |x|)`.
        Softsign "softsign" in nn;
        /// 0 below -1, the input above 1, and a parabola between.
        SparsePlus "sparse_plus" in nn;
        /// 0 below -1, 1 above 1, and a line between.
        SparseSigmoid "sparse_sigmoid" in nn;
        /// The square root.
        Sqrt "sqrt" in numpy;
        /// `x * x`.
        Square "square" in numpy;
        /// The input, through which no gradient passes.
        StopGradient "stop_gradient" in core;
        /// The tangent.
        Tan "tan" in numpy;
        /// The hyperbolic tangent.
        Tanh "tanh" in numpy;
        /// `x - tanh(x)`.
        TanhShrink "tanh_shrink" in nn;
        /// The input without what is behind the point.
        Trunc "trunc" in numpy;
    }
}

layer! {
    /// A function of one tensor, element by element: `ops::exp(x)`.
    Pointwise {
        /// Which.
        function: PointwiseFunction,
    }
}

impl Layer for Pointwise {
    const OPERATIONS: &'static [Operation] = PointwiseFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let TensorType { dtype, shape } = &inputs[0];
        let answers = |dtype| Ok(TensorType { dtype, shape: shape.clone() });
        match self.function {
            PointwiseFunction::LogicalNot if *dtype == DType::Bool => answers(DType::Bool),
            PointwiseFunction::LogicalNot => Err(Problem::DType { operand: 0, expected: DType::Bool, found: *dtype }),
            PointwiseFunction::StopGradient => answers(*dtype),
            PointwiseFunction::Absolute | PointwiseFunction::Negative | PointwiseFunction::Sign | PointwiseFunction::Square
                if *dtype == DType::I32 =>
            {
                answers(DType::I32)
            }
            PointwiseFunction::IsFinite | PointwiseFunction::IsInf | PointwiseFunction::IsNan => {
                require_floats(inputs).and(answers(DType::Bool))
            }
            _ => require_floats(inputs).and(answers(*dtype)),
        }
    }

    fn index_bound_before(&self, asked: usize) -> Option<usize> {
        (self.function == PointwiseFunction::StopGradient).then_some(asked)
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        use PointwiseFunction as F;
        // As the kernel has it: what its slope follows from.
        match self.function {
            F::Cbrt
            | F::Exp
            | F::Exp2
            | F::Expm1
            | F::HardSigmoid
            | F::HardTanh
            | F::LogSigmoid
            | F::Reciprocal
            | F::Relu
            | F::Relu6
            | F::Rsqrt
            | F::Selu
            | F::Sigmoid
            | F::Softplus
            | F::Softsign
            | F::SparsePlus
            | F::SparseSigmoid
            | F::Sqrt
            | F::Tanh => Needs { output: true, ..Needs::default() },
            F::Ceil
            | F::Floor
            | F::Deg2rad
            | F::IsFinite
            | F::IsInf
            | F::IsNan
            | F::LogicalNot
            | F::Negative
            | F::Rad2deg
            | F::Sign
            | F::StopGradient
            | F::Trunc => Needs::default(),
            F::Absolute
            | F::Arccos
            | F::Arccosh
            | F::Arcsin
            | F::Arcsinh
            | F::Arctan
            | F::Arctanh
            | F::Cos
            | F::Cosh
            | F::Erf
            | F::HardSilu
            | F::Log
            | F::Log1p
            | F::Log2
            | F::Log10
            | F::Silu
            | F::Sin
            | F::Sinh
            | F::Square
            | F::Tan
            | F::TanhShrink => Needs { inputs: true, ..Needs::default() },
        }
    }
}
