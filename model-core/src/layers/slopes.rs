//! The slopes of functions of one or two elements, in terms of functions of elements.

use std::f64::consts::{FRAC_2_SQRT_PI, LN_2, LN_10};

use model_graph::layers::operations::arithmetic::ArithmeticFunction;
use model_graph::layers::operations::pointwise::PointwiseFunction;

use crate::error::Result;
use crate::float::Float;
use crate::layers::derived::number;
use crate::variable::ops::Other;
use crate::variable::{Var, ops};

/// A slope; where there is none it is 0 everywhere.
pub(super) enum Slope<T: Float> {
    Number(f64),
    Var(Var<T>),
}

/// The scale of `selu`, and that times its `alpha`.
const SELU: [f64; 2] = [1.050_700_987_355_480_5, 1.758_099_340_847_376_6];

/// The slope of a function of one element, from the element or from what it gives: one of both is kept.
pub(super) fn of_one<'v, T: Float>(
    function: PointwiseFunction,
    input: impl FnOnce() -> Result<&'v Var<T>>,
    output: impl FnOnce() -> Result<&'v Var<T>>,
) -> Result<Option<Slope<T>>> {
    use PointwiseFunction as F;
    let between = |y: &Var<T>, least: f64, most: f64| number(y.greater(least)?.logical_and(y.less(most)?));
    let slope = match function {
        F::Ceil | F::Floor | F::IsFinite | F::IsInf | F::IsNan | F::LogicalNot | F::Sign | F::StopGradient | F::Trunc => {
            return Ok(None);
        }
        F::Deg2rad => return Ok(Some(Slope::Number(1.0_f64.to_radians()))),
        F::Negative => return Ok(Some(Slope::Number(-1.0))),
        F::Rad2deg => return Ok(Some(Slope::Number(1.0_f64.to_degrees()))),
        // Of what it gives.
        F::Cbrt => (output()?.square()? * 3.0).reciprocal()?,
        F::Exp => output()?.clone(),
        F::Exp2 => output()? * LN_2,
        F::Expm1 => output()? + 1.0,
        F::HardSigmoid => between(output()?, 0.0, 1.0)? * (1.0 / 6.0),
        F::HardTanh => between(output()?, -1.0, 1.0)?,
        F::LogSigmoid => -output()?.expm1()?,
        F::Reciprocal => -output()?.square()?,
        F::Relu => number(output()?.greater(0.0))?,
        F::Relu6 => between(output()?, 0.0, 6.0)?,
        F::Rsqrt => {
            let y = output()?;
            y.square()? * y * -0.5
        }
        F::Selu => {
            let y = output()?;
            ops::where_(&y.greater(0.0)?, SELU[0], y + SELU[1])?
        }
        F::Sigmoid => {
            let y = output()?;
            y * (1.0 - y)
        }
        F::Softplus => -(-output()?).expm1()?,
        F::Softsign => (1.0 - output()?.abs()?).square()?,
        F::SparsePlus => {
            // Where it is 0 the root has no slope of its own.
            let y = output()?;
            let is_there = y.greater(0.0)?;
            ops::where_(&is_there, y, 1.0)?.sqrt()?.minimum(1.0)? * number(Ok(is_there.clone()))?
        }
        F::SparseSigmoid => between(output()?, 0.0, 1.0)? * 0.5,
        F::Sqrt => output()?.reciprocal()? * 0.5,
        F::Tanh => 1.0 - output()?.square()?,
        // Of what it is given.
        F::Absolute => input()?.sign()?,
        F::Arccos => -(1.0 - input()?.square()?).rsqrt()?,
        F::Arccosh => (input()?.square()? - 1.0).rsqrt()?,
        F::Arcsin => (1.0 - input()?.square()?).rsqrt()?,
        F::Arcsinh => (input()?.square()? + 1.0).rsqrt()?,
        F::Arctan => (input()?.square()? + 1.0).reciprocal()?,
        F::Arctanh => (1.0 - input()?.square()?).reciprocal()?,
        F::Cos => -input()?.sin()?,
        F::Cosh => input()?.sinh()?,
        F::Erf => (-input()?.square()?).exp()? * FRAC_2_SQRT_PI,
        F::HardSilu => {
            let x = input()?;
            x.hard_sigmoid()? + x * between(x, -3.0, 3.0)? * (1.0 / 6.0)
        }
        F::Log => input()?.reciprocal()?,
        F::Log1p => (input()? + 1.0).reciprocal()?,
        F::Log2 => (input()? * LN_2).reciprocal()?,
        F::Log10 => (input()? * LN_10).reciprocal()?,
        F::Silu => {
            let x = input()?;
            let share = x.sigmoid()?;
            &share + x * &share * (1.0 - &share)
        }
        F::Sin => input()?.cos()?,
        F::Sinh => input()?.cosh()?,
        F::Square => input()? * 2.0,
        F::Tan => input()?.tan()?.square()? + 1.0,
        F::TanhShrink => input()?.tanh()?.square()?,
    };
    slope.tape().map(|_| Some(Slope::Var(slope)))
}

/// The slopes of a function of two elements, towards the first and towards the second.
pub(super) fn of<T: Float>(function: ArithmeticFunction, a: &Other<T>, b: &Other<T>) -> Result<[Option<Slope<T>>; 2]> {
    use ArithmeticFunction as F;
    let is = |name: Result<Var<T>>| number(name);
    let var = |slope: Var<T>| Some(Slope::Var(slope));
    // Two numbers are no operation: one of both is a variable.
    let own = |other: &Other<T>| -> Result<Var<T>> {
        match (other, a, b) {
            (Other::Var(var), ..) => Ok(var.clone()),
            (Other::Number(number), Other::Var(var), _) | (Other::Number(number), _, Other::Var(var)) => var.full_like(*number),
            (Other::Number(_), Other::Number(_), Other::Number(_)) => unreachable!("an operation has a tensor"),
        }
    };
    let (a, b) = (&own(a)?, &own(b)?);
    Ok(match function {
        F::Add => [Some(Slope::Number(1.0)), Some(Slope::Number(1.0))],
        F::Subtract => [Some(Slope::Number(1.0)), Some(Slope::Number(-1.0))],
        F::Multiply => [var(b.clone()), var(a.clone())],
        F::Divide | F::TrueDivide => [var(b.reciprocal()?), var(-(a / b.square()?))],
        F::DivideNoNan => {
            let safe = &ops::where_(&b.equal(0.0)?, 1.0, b)?;
            let is_some = &is(b.not_equal(0.0))?;
            [var(is_some / safe), var(-(a * is_some / safe.square()?))]
        }
        F::Power => {
            let safe = &ops::where_(&a.equal(0.0)?, 1.0, a)?;
            let towards_exponent = ops::where_(&a.equal(0.0)?, 0.0, safe.power(b)? * safe.log()?)?;
            [var(ops::where_(&b.equal(0.0)?, 0.0, b * a.power(b - 1.0)?)?), var(towards_exponent)]
        }
        F::Maximum | F::Minimum => {
            let (more, less) = if function == F::Maximum { (a, b) } else { (b, a) };
            let first = is(more.greater(less))? + is(more.equal(less))? * 0.5;
            [var(first.clone()), var(1.0 - first)]
        }
        F::Mod => [Some(Slope::Number(1.0)), var(-(a / b).floor()?)],
        F::Fmod => [Some(Slope::Number(1.0)), var(-(a / b).trunc()?)],
        F::Arctan2 => {
            let square = &(a.square()? + b.square()?);
            [var(b / square), var(-(a / square))]
        }
        F::Hypot => {
            let length = &a.hypot(b)?;
            [var(a / length), var(b / length)]
        }
        F::Logaddexp => [var((a - b).sigmoid()?), var((b - a).sigmoid()?)],
        F::Equal
        | F::FloorDivide
        | F::Greater
        | F::GreaterEqual
        | F::Less
        | F::LessEqual
        | F::LogicalAnd
        | F::LogicalOr
        | F::LogicalXor
        | F::NotEqual => [None, None],
    })
}
