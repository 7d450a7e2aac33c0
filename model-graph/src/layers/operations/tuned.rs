//! Functions of one tensor, element by element, that go by numbers.

use crate::argument::{Scalar, Whole};
use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::require_floats;
use crate::operation::{Choice, Operation, operations};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

operations! {
    /// The functions of one tensor that go by numbers.
    TunedFunction of ["x"] {
        /// The input above 0, `alpha * (e^(x / alpha) - 1)` below.
        Celu "celu" in nn with [alpha];
        /// The input, between two numbers.
        Clip "clip" in numpy needs [x_min, x_max];
        /// The input above 0, `alpha * (e^x - 1)` below.
        Elu "elu" in nn with [alpha];
        /// `x Φ(x)` with the normal distribution's Φ, or what comes near.
        Gelu "gelu" in nn with [approximate];
        /// The input where it is further from 0 than the threshold, else 0.
        HardShrink "hard_shrink" in nn with [threshold];
        /// The input above 0, a part of it below.
        LeakyRelu "leaky_relu" in nn with [negative_slope];
        /// The input, with numbers in place of what is none.
        NanToNum "nan_to_num" in numpy with [nan, posinf, neginf];
        /// The nearest number with so many decimals; of two the even one.
        Round "round" in numpy with [decimals];
        /// The input moved by the threshold towards 0, 0 within.
        SoftShrink "soft_shrink" in nn with [threshold];
        /// `(x + sqrt(x^2 + b)) / 2`.
        Squareplus "squareplus" in nn with [b];
        /// The input above the threshold, a number elsewhere.
        Threshold "threshold" in nn needs [threshold, default_value];
    }
}

layer! {
    /// A function of one tensor, element by element, that goes by numbers: `ops::clip(x, -1, 1)`.
    Tuned {
        /// Which.
        function: TunedFunction,
        /// What the input is multiplied by below 0. Default: `0.2`.
        negative_slope: Scalar = Scalar::Decimal(0.2),
        /// How far below 0 it goes. Default: `1.0`.
        alpha: Scalar = Scalar::Decimal(1.0),
        /// Where it changes. Default: `0.5`.
        threshold: Scalar = Scalar::Decimal(0.5),
        /// What it is up to the threshold.
        default_value: Scalar = Scalar::Whole(0),
        /// Whether it is the formula with the hyperbolic tangent. Default: `true`.
        approximate: bool = true,
        /// How round the bend at 0 is. Default: `4`.
        b: Scalar = Scalar::Whole(4),
        /// The least that it gives.
        x_min: Scalar = Scalar::Whole(0),
        /// The most that it gives.
        x_max: Scalar = Scalar::Whole(0),
        /// How many decimals are left. Default: `0`.
        decimals: Whole = Whole(0),
        /// What stands for NaN. Default: `0.0`.
        nan: Scalar = Scalar::Decimal(0.0),
        /// What stands for infinity; the largest number, if `None`.
        posinf: Option<Scalar> = None,
        /// What stands for minus infinity; the least number, if `None`.
        neginf: Option<Scalar> = None,
    }
}

impl Layer for Tuned {
    const OPERATIONS: &'static [Operation] = TunedFunction::ALL;

    fn operation(&self) -> Option<&'static Operation> {
        Some(self.function.operation())
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let are_whole = [&self.x_min, &self.x_max].iter().all(|end| end.get().fract() == 0.0);
        let keeps_integers = match self.function {
            TunedFunction::Clip => are_whole,
            TunedFunction::Round => true,
            _ => false,
        };
        if inputs[0].dtype != DType::I32 || !keeps_integers {
            require_floats(inputs)?;
        }
        Ok(inputs[0].clone())
    }

    fn index_bound_before(&self, asked: usize) -> Option<usize> {
        (self.function == TunedFunction::Round).then_some(asked)
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs { inputs: self.function != TunedFunction::Round, ..Needs::default() }
    }
}
