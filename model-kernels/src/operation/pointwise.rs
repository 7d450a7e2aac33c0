//! Functions of one tensor, element by element, with their slopes.

use super::blocks::{self, chain, map};
use super::truth;
use crate::activation::pointwise as activation;
use crate::elementwise::by_block;
use crate::float::Float;

/// A function of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // what each is, its name says
pub enum Function {
    Absolute,
    Arccos,
    Arccosh,
    Arcsin,
    Arcsinh,
    Arctan,
    Arctanh,
    Cbrt,
    Ceil,
    Cos,
    Cosh,
    Deg2rad,
    Erf,
    Exp,
    Exp2,
    Expm1,
    Floor,
    HardSigmoid,
    HardSilu,
    HardTanh,
    IsFinite,
    IsInf,
    IsNan,
    Log,
    Log1p,
    Log2,
    Log10,
    LogSigmoid,
    Negative,
    Not,
    Rad2deg,
    Reciprocal,
    Relu,
    Relu6,
    Rsqrt,
    Selu,
    Sigmoid,
    Sign,
    Silu,
    Sin,
    Sinh,
    Softplus,
    Softsign,
    SparsePlus,
    SparseSigmoid,
    Sqrt,
    Square,
    StopGradient,
    Tan,
    Tanh,
    TanhShrink,
    Trunc,
}

impl Function {
    /// Whether the slope follows from the value, so that `backward` reads the output and not the input.
    #[must_use]
    pub const fn slope_is_of_output(self) -> bool {
        matches!(
            self,
            Self::Cbrt
                | Self::Exp
                | Self::Exp2
                | Self::Expm1
                | Self::HardSigmoid
                | Self::HardTanh
                | Self::LogSigmoid
                | Self::Reciprocal
                | Self::Relu
                | Self::Relu6
                | Self::Rsqrt
                | Self::Selu
                | Self::Sigmoid
                | Self::Softplus
                | Self::Softsign
                | Self::SparsePlus
                | Self::SparseSigmoid
                | Self::Sqrt
                | Self::Tanh
        )
    }

    /// Whether the slope is the same everywhere, so that `backward` reads neither.
    #[must_use]
    pub const fn is_linear(self) -> bool {
        matches!(self, Self::Deg2rad | Self::Negative | Self::Rad2deg) || self.is_flat()
    }

    /// Whether the slope is 0, or no gradient is to pass.
    #[must_use]
    pub const fn is_flat(self) -> bool {
        matches!(
            self,
            Self::Ceil
                | Self::Floor
                | Self::IsFinite
                | Self::IsInf
                | Self::IsNan
                | Self::Not
                | Self::Sign
                | Self::StopGradient
                | Self::Trunc
        )
    }
}

/// A degree, as an angle.
const DEGREE: f64 = std::f64::consts::PI / 180.0;

/// A function of the platform's, worked out in `f64`.
#[inline(always)]
fn wide<T: Float>(x: T, f: fn(f64) -> f64) -> T {
    T::from_f64(f(x.to_f64()))
}

/// `f(x)` for every element of a block.
#[inline(always)]
fn apply<T: Float>(function: Function, x: &mut [T]) {
    let degree = T::from_f64(DEGREE);
    match function {
        Function::Absolute => map(x, T::abs),
        Function::Arccos => map(x, |x| wide(x, libm::acos)),
        Function::Arccosh => map(x, |x| wide(x, libm::acosh)),
        Function::Arcsin => map(x, |x| wide(x, libm::asin)),
        Function::Arcsinh => map(x, |x| wide(x, libm::asinh)),
        Function::Arctan => map(x, |x| wide(x, libm::atan)),
        Function::Arctanh => map(x, |x| wide(x, libm::atanh)),
        Function::Cbrt => map(x, |x| wide(x, libm::cbrt)),
        Function::Ceil => map(x, |x| wide(x, f64::ceil)),
        Function::Cos => map(x, |x| wide(x, libm::cos)),
        Function::Cosh => map(x, |x| wide(x, libm::cosh)),
        Function::Deg2rad => map(x, |x| x * degree),
        Function::Erf => map(x, T::erf),
        Function::Exp => map(x, T::exp),
        Function::Exp2 => map(x, |x| wide(x, libm::exp2)),
        Function::Expm1 => map(x, T::exp_m1),
        Function::Floor => map(x, |x| wide(x, f64::floor)),
        Function::HardSigmoid => map(x, activation::hard_sigmoid),
        Function::HardSilu => map(x, activation::hard_silu),
        Function::HardTanh => map(x, activation::hard_tanh),
        Function::IsFinite => map(x, |x| truth(x.is_finite())),
        Function::IsInf => map(x, |x| truth(!x.is_finite() && !x.is_nan())),
        Function::IsNan => map(x, |x| truth(x.is_nan())),
        Function::Log => map(x, T::ln),
        Function::Log1p => map(x, T::ln_1p),
        Function::Log2 => map(x, |x| wide(x, libm::log2)),
        Function::Log10 => map(x, |x| wide(x, libm::log10)),
        Function::LogSigmoid => map(x, activation::log_sigmoid),
        Function::Negative => map(x, |x| -x),
        Function::Not => map(x, |x| T::ONE - x),
        Function::Rad2deg => map(x, |x| x / degree),
        Function::Reciprocal => map(x, |x| T::ONE / x),
        Function::Relu => map(x, activation::relu),
        Function::Relu6 => map(x, activation::relu6),
        Function::Rsqrt => map(x, |x| T::ONE / x.sqrt()),
        Function::Selu => map(x, activation::selu),
        Function::Sigmoid => map(x, activation::sigmoid),
        Function::Sign => map(x, |x| {
            if x > T::ZERO {
                T::ONE
            } else if x < T::ZERO {
                -T::ONE
            } else {
                x
            }
        }),
        Function::Silu => map(x, activation::silu),
        Function::Sin => map(x, |x| wide(x, libm::sin)),
        Function::Sinh => map(x, |x| wide(x, libm::sinh)),
        Function::Softplus => map(x, activation::softplus),
        Function::Softsign => map(x, activation::softsign),
        Function::SparsePlus => map(x, activation::sparse_plus),
        Function::SparseSigmoid => map(x, activation::sparse_sigmoid),
        Function::Sqrt => map(x, T::sqrt),
        Function::Square => map(x, |x| x * x),
        Function::StopGradient => {}
        Function::Tan => map(x, |x| wide(x, libm::tan)),
        Function::Tanh => map(x, T::tanh),
        Function::TanhShrink => map(x, activation::tanh_shrink),
        Function::Trunc => map(x, |x| wide(x, f64::trunc)),
    }
}

/// `d *= slope(z)` for every element of a block, where `z` is the input or the output, as the function has it.
#[inline(always)]
fn derive<T: Float>(function: Function, z: &[T], d: &mut [T]) {
    let (one, ln2, ln10) = (T::ONE, T::from_f64(std::f64::consts::LN_2), T::from_f64(std::f64::consts::LN_10));
    match function {
        Function::Absolute => chain(d, z, |x| {
            if x > T::ZERO {
                one
            } else if x < T::ZERO {
                -one
            } else {
                T::ZERO
            }
        }),
        Function::Arccos => chain(d, z, |x| -(one / (one - x * x).sqrt())),
        Function::Arccosh => chain(d, z, |x| one / (x * x - one).sqrt()),
        Function::Arcsin => chain(d, z, |x| one / (one - x * x).sqrt()),
        Function::Arcsinh => chain(d, z, |x| one / (x * x + one).sqrt()),
        Function::Arctan => chain(d, z, |x| one / (one + x * x)),
        Function::Arctanh => chain(d, z, |x| one / (one - x * x)),
        Function::Cbrt => chain(d, z, |y| one / (T::from_f64(3.0) * y * y)),
        Function::Cos => chain(d, z, |x| -wide(x, libm::sin)),
        Function::Cosh => chain(d, z, |x| wide(x, libm::sinh)),
        Function::Deg2rad => d.iter_mut().for_each(|d| *d *= T::from_f64(DEGREE)),
        Function::Erf => {
            let factor = T::from_f64(std::f64::consts::FRAC_2_SQRT_PI);
            chain(d, z, |x| factor * (-x * x).exp());
        }
        Function::Exp => chain(d, z, |y| y),
        Function::Exp2 => chain(d, z, |y| y * ln2),
        Function::Expm1 => chain(d, z, |y| y + one),
        Function::HardSigmoid => chain(d, z, activation::hard_sigmoid_slope),
        Function::HardSilu => chain(d, z, activation::hard_silu_slope),
        Function::HardTanh => chain(d, z, activation::hard_tanh_slope),
        Function::Log => chain(d, z, |x| one / x),
        Function::Log1p => chain(d, z, |x| one / (one + x)),
        Function::Log2 => chain(d, z, |x| one / (x * ln2)),
        Function::Log10 => chain(d, z, |x| one / (x * ln10)),
        Function::LogSigmoid => chain(d, z, activation::log_sigmoid_slope),
        Function::Negative => d.iter_mut().for_each(|d| *d = -*d),
        Function::Rad2deg => d.iter_mut().for_each(|d| *d /= T::from_f64(DEGREE)),
        Function::Reciprocal => chain(d, z, |y| -y * y),
        Function::Relu => d.iter_mut().zip(z).for_each(|(d, &y)| *d = activation::relu_gradient(y, *d)),
        Function::Relu6 => d.iter_mut().zip(z).for_each(|(d, &y)| *d = activation::relu6_gradient(y, *d)),
        Function::Rsqrt => chain(d, z, |y| T::from_f64(-0.5) * y * y * y),
        Function::Selu => chain(d, z, activation::selu_slope),
        Function::Sigmoid => chain(d, z, activation::sigmoid_slope),
        Function::Silu => chain(d, z, activation::silu_slope),
        Function::Sin => chain(d, z, |x| wide(x, libm::cos)),
        Function::Sinh => chain(d, z, |x| wide(x, libm::cosh)),
        Function::Softplus => chain(d, z, activation::softplus_slope),
        Function::Softsign => chain(d, z, activation::softsign_slope),
        Function::SparsePlus => chain(d, z, activation::sparse_plus_slope),
        Function::SparseSigmoid => chain(d, z, activation::sparse_sigmoid_slope),
        Function::Sqrt => chain(d, z, |y| T::from_f64(0.5) / y),
        Function::Square => chain(d, z, |x| x + x),
        Function::Tan => chain(d, z, |x| {
            let y = wide(x, libm::tan);
            one + y * y
        }),
        Function::Tanh => chain(d, z, activation::tanh_slope),
        Function::TanhShrink => chain(d, z, activation::tanh_shrink_slope),
        Function::Ceil
        | Function::Floor
        | Function::IsFinite
        | Function::IsInf
        | Function::IsNan
        | Function::Not
        | Function::Sign
        | Function::StopGradient
        | Function::Trunc => d.fill(T::ZERO),
    }
}

/// `y = function(x)`.
pub fn forward<T: Float>(function: Function, x: &[T], y: &mut [T]) {
    blocks::forward(
        x,
        y,
        #[inline(always)]
        |block| apply(function, block),
    );
}

/// The gradient goes to `d_x`, or is added to it. `z` is the input or the output, as
/// [`slope_is_of_output`](Function::slope_is_of_output) says, or empty where [`is_linear`](Function::is_linear) does.
pub fn backward<T: Float>(function: Function, z: &[T], d_y: &[T], d_x: &mut [T], accumulate: bool) {
    by_block(
        d_y,
        d_x,
        accumulate,
        #[inline(always)]
        |start, d| {
            let z = if function.is_linear() { z } else { &z[start..][..d.len()] };
            derive(function, z, d);
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunks::CHUNK;

    const ALL: [Function; 49] = [
        Function::Absolute,
        Function::Arccosh,
        Function::Arcsinh,
        Function::Arctan,
        Function::Cbrt,
        Function::Ceil,
        Function::Cos,
        Function::Cosh,
        Function::Deg2rad,
        Function::Erf,
        Function::Exp,
        Function::Exp2,
        Function::Expm1,
        Function::Floor,
        Function::HardSigmoid,
        Function::HardSilu,
        Function::HardTanh,
        Function::IsFinite,
        Function::IsInf,
        Function::IsNan,
        Function::Log,
        Function::Log1p,
        Function::Log2,
        Function::Log10,
        Function::LogSigmoid,
        Function::Negative,
        Function::Not,
        Function::Rad2deg,
        Function::Reciprocal,
        Function::Relu,
        Function::Relu6,
        Function::Rsqrt,
        Function::Selu,
        Function::Sigmoid,
        Function::Sign,
        Function::Silu,
        Function::Sin,
        Function::Sinh,
        Function::Softplus,
        Function::Softsign,
        Function::SparsePlus,
        Function::SparseSigmoid,
        Function::Sqrt,
        Function::Square,
        Function::StopGradient,
        Function::Tan,
        Function::Tanh,
        Function::TanhShrink,
        Function::Trunc,
    ];

    /// Those of numbers below 1 alone.
    const WITHIN: [Function; 3] = [Function::Arccos, Function::Arcsin, Function::Arctanh];

    #[test]
    fn gradients_are_the_numerical_ones_but_where_none_is_to_pass() {
        let all: Vec<f64> = (0..CHUNK + 300).map(|i| 0.13 + ((i * 7) % 29) as f64 / 13.3).collect();
        for function in ALL.into_iter().chain(WITHIN) {
            let within = |x: &f64| match function {
                Function::Arccosh => x + 1.0,
                _ if WITHIN.contains(&function) => x / 3.0,
                _ => *x,
            };
            let x: Vec<f64> = all.iter().map(within).collect();
            let run = |step: f64| {
                let x: Vec<f64> = x.iter().map(|x| x + step).collect();
                let mut y = vec![0.0; x.len()];
                forward(function, &x, &mut y);
                y
            };
            let (y, above, below) = (run(0.0), run(1e-6), run(-1e-6));
            let (d_y, mut d_x) = (vec![3.0; x.len()], vec![1.0; x.len()]);
            let z = if function.slope_is_of_output() { &y } else { &x };
            backward(function, if function.is_linear() { &[] } else { z }, &d_y, &mut d_x, true);
            for i in 0..x.len() {
                let passes = !matches!(function, Function::StopGradient | Function::Not);
                let want = 1.0 + if passes { 3.0 * (above[i] - below[i]) / 2e-6 } else { 0.0 };
                assert!((d_x[i] - want).abs() < 1e-3, "{function:?} at {}: {} for {want}", x[i], d_x[i]);
            }
        }
    }
}
