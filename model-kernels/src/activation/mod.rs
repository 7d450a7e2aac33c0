//! Activations: every one Keras names, in place or from one slice to another, and their derivatives.
//!
//! Left out is `glu`, which halves the axis it acts along.

pub(crate) mod pointwise;
mod rows;

use crate::chunks::{CHUNK, each};
use crate::float::Float;
use crate::vectorize::vectorize;
use pointwise as of;
use rows::{backward as back_on_rows, forward as on_rows};

/// An activation, with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// `x`.
    Linear,
    /// `max(x, 0)`.
    Relu,
    /// `relu` with all of its parameters: `x` above `threshold` but at most `max_value`, below it `negative_slope * (x - threshold)`.
    GeneralRelu {
        /// The slope below the threshold, 0 in Keras.
        negative_slope: f64,
        /// The largest value, infinity in Keras.
        max_value: f64,
        /// Where it starts, 0 in Keras.
        threshold: f64,
    },
    /// `min(max(x, 0), 6)`.
    Relu6,
    /// `x` or `negative_slope * x`.
    LeakyRelu {
        /// The slope below zero, 0.2 in Keras (`LeakyReLU`, the layer: 0.3).
        negative_slope: f64,
    },
    /// `x` or `alpha * (e^x - 1)`.
    Elu {
        /// 1 in Keras.
        alpha: f64,
    },
    /// `scale * elu(x, alpha)` with the constants of self-normalising networks.
    Selu,
    /// `x` or `alpha * (e^(x / alpha) - 1)`.
    Celu {
        /// 1 in Keras.
        alpha: f64,
    },
    /// `x * P(X <= x)`, by the error function.
    Gelu,
    /// `gelu` by the hyperbolic tangent: Keras's `approximate=True`.
    GeluApproximate,
    /// `1 / (1 + e^-x)`.
    Sigmoid,
    /// `relu6(x + 3) / 6`.
    HardSigmoid,
    /// `ln(sigmoid(x))`.
    LogSigmoid,
    /// `x * sigmoid(x)`, also called swish.
    Silu,
    /// `x * hard_sigmoid(x)`, also called hard swish.
    HardSilu,
    /// `x * tanh(softplus(x))`.
    Mish,
    /// `ln(1 + e^x)`.
    Softplus,
    /// `x / (1 + |x|)`.
    Softsign,
    /// The hyperbolic tangent.
    Tanh,
    /// `x - tanh(x)`.
    TanhShrink,
    /// `min(max(x, -1), 1)`.
    HardTanh,
    /// `x` where `|x| > threshold`, else 0.
    HardShrink {
        /// 0.5 in Keras.
        threshold: f64,
    },
    /// `x` moved by `threshold` towards zero, which it does not pass.
    SoftShrink {
        /// 0.5 in Keras.
        threshold: f64,
    },
    /// `x` where `x > threshold`, else `default_value`.
    Threshold {
        /// Keras has no default.
        threshold: f64,
        /// Keras has no default.
        default_value: f64,
    },
    /// `0` up to -1, `x` from 1, `(x + 1)^2 / 4` between.
    SparsePlus,
    /// `min(max((x + 1) / 2, 0), 1)`.
    SparseSigmoid,
    /// `(x + sqrt(x^2 + b)) / 2`.
    Squareplus {
        /// The smoothness, 4 in Keras.
        b: f64,
    },
    /// `e^x`.
    Exponential,
    /// `e^x / sum(e^x)` along rows.
    Softmax,
    /// `x - ln(sum(e^x))` along rows.
    LogSoftmax,
    /// The point of the probability simplex nearest to a row.
    Sparsemax,
}

/// Whether [`backward`] needs the pre-activation; the others' derivatives follow from what they gave.
#[must_use]
pub fn needs_input(kind: Kind) -> bool {
    match kind {
        Kind::LeakyRelu { negative_slope } => negative_slope <= 0.0,
        Kind::Elu { alpha } | Kind::Celu { alpha } => alpha <= 0.0,
        Kind::GeneralRelu { .. }
        | Kind::Gelu
        | Kind::GeluApproximate
        | Kind::Silu
        | Kind::HardSilu
        | Kind::Mish
        | Kind::TanhShrink
        | Kind::Threshold { .. } => true,
        Kind::Linear
        | Kind::Relu
        | Kind::Relu6
        | Kind::Selu
        | Kind::Sigmoid
        | Kind::HardSigmoid
        | Kind::LogSigmoid
        | Kind::Softplus
        | Kind::Softsign
        | Kind::Tanh
        | Kind::HardTanh
        | Kind::HardShrink { .. }
        | Kind::SoftShrink { .. }
        | Kind::SparsePlus
        | Kind::SparseSigmoid
        | Kind::Squareplus { .. }
        | Kind::Exponential
        | Kind::Softmax
        | Kind::LogSoftmax
        | Kind::Sparsemax => false,
    }
}

/// `y = kind(x)`; `row` is the size of the last axis, which the softmaxes act along.
pub fn forward<T: Float>(kind: Kind, x: &[T], y: &mut [T], row: usize) {
    debug_assert_eq!(x.len(), y.len());
    apply(kind, Some(x), y, row);
}

/// `y = kind(y)`; `row` is the size of the last axis.
pub fn forward_in_place<T: Float>(kind: Kind, y: &mut [T], row: usize) {
    apply(kind, None, y, row);
}

/// Calls a loop with a function as a closure that is always inlined, which a function item is not: only so is it vectorised with the loop.
macro_rules! inlined {
    ($outer:ident($($argument:expr),+), |$($name:ident),+| $function:path) => {
        $outer($($argument),+, #[inline(always)] |$($name),+| $function($($name),+))
    };
}

fn apply<T: Float>(kind: Kind, x: Option<&[T]>, y: &mut [T], row: usize) {
    let c = T::from_f64;
    match kind {
        Kind::Linear => {
            if let Some(x) = x {
                map(Some(x), y, |x| x);
            }
        }
        Kind::Relu => inlined!(map(x, y), |x| of::relu),
        Kind::GeneralRelu { negative_slope, max_value, threshold } => {
            let (slope, most, threshold) = (c(negative_slope), c(max_value), c(threshold));
            map(
                x,
                y,
                #[inline(always)]
                move |x| of::general_relu(x, slope, most, threshold),
            );
        }
        Kind::Relu6 => inlined!(map(x, y), |x| of::relu6),
        Kind::LeakyRelu { negative_slope } => inlined!(with(x, y, c(negative_slope)), |x, p| of::leaky_relu),
        Kind::Elu { alpha } => inlined!(with(x, y, c(alpha)), |x, p| of::elu),
        Kind::Selu => inlined!(map(x, y), |x| of::selu),
        Kind::Celu { alpha } => inlined!(with(x, y, c(alpha)), |x, p| of::celu),
        Kind::Gelu => inlined!(map(x, y), |x| of::gelu),
        Kind::GeluApproximate => inlined!(map(x, y), |x| of::gelu_approximate),
        Kind::Sigmoid => inlined!(map(x, y), |x| of::sigmoid),
        Kind::HardSigmoid => inlined!(map(x, y), |x| of::hard_sigmoid),
        Kind::LogSigmoid => inlined!(map(x, y), |x| of::log_sigmoid),
        Kind::Silu => inlined!(map(x, y), |x| of::silu),
        Kind::HardSilu => inlined!(map(x, y), |x| of::hard_silu),
        Kind::Mish => inlined!(map(x, y), |x| of::mish),
        Kind::Softplus => inlined!(map(x, y), |x| of::softplus),
        Kind::Softsign => inlined!(map(x, y), |x| of::softsign),
        Kind::Tanh => inlined!(map(x, y), |x| T::tanh),
        Kind::TanhShrink => inlined!(map(x, y), |x| of::tanh_shrink),
        Kind::HardTanh => inlined!(map(x, y), |x| of::hard_tanh),
        Kind::HardShrink { threshold } => inlined!(with(x, y, c(threshold)), |x, p| of::hard_shrink),
        Kind::SoftShrink { threshold } => inlined!(with(x, y, c(threshold)), |x, p| of::soft_shrink),
        Kind::Threshold { threshold, default_value } => {
            inlined!(with(x, y, (c(threshold), c(default_value))), |x, p| of::threshold)
        }
        Kind::SparsePlus => inlined!(map(x, y), |x| of::sparse_plus),
        Kind::SparseSigmoid => inlined!(map(x, y), |x| of::sparse_sigmoid),
        Kind::Squareplus { b } => inlined!(with(x, y, c(b)), |x, p| of::squareplus),
        Kind::Exponential => inlined!(map(x, y), |x| T::exp),
        Kind::Softmax => inlined!(on_rows(x, y, row), |row| rows::softmax),
        Kind::LogSoftmax => inlined!(on_rows(x, y, row), |row| rows::log_softmax),
        Kind::Sparsemax => inlined!(on_rows(x, y, row), |row| rows::sparsemax),
    }
}

/// Turns the gradient of the output into that of the pre-activation, in place.
///
/// `z` is the pre-activation (empty when [`needs_input`] is false), `y` the output (read when it is false), `row` the size of the last axis.
/// Where a function has a corner, the derivative is Keras's if `y` tells it, and else that of the flat side.
pub fn backward<T: Float>(kind: Kind, z: &[T], y: &[T], d_y: &mut [T], row: usize) {
    let from = if needs_input(kind) { z } else { y };
    debug_assert!(from.len() == d_y.len() || kind == Kind::Linear);
    let c = T::from_f64;
    match kind {
        Kind::Linear => {}
        Kind::Relu => inlined!(chain(from, d_y), |y, d| of::relu_gradient),
        Kind::GeneralRelu { negative_slope, max_value, threshold } => {
            let (slope, most, threshold) = (c(negative_slope), c(max_value), c(threshold));
            slopes(
                from,
                d_y,
                #[inline(always)]
                move |z| of::general_relu_slope(z, slope, most, threshold),
            );
        }
        Kind::Relu6 => inlined!(chain(from, d_y), |y, d| of::relu6_gradient),
        Kind::LeakyRelu { negative_slope } => inlined!(slopes_with(from, d_y, c(negative_slope)), |x, p| of::leaky_relu_slope),
        Kind::Elu { alpha } if alpha > 0.0 => inlined!(slopes_with(from, d_y, c(alpha)), |x, p| of::elu_slope),
        Kind::Elu { alpha } => inlined!(slopes_with(from, d_y, c(alpha)), |x, p| of::elu_slope_of_input),
        Kind::Selu => inlined!(slopes(from, d_y), |x| of::selu_slope),
        Kind::Celu { alpha } if alpha > 0.0 => inlined!(slopes_with(from, d_y, c(alpha)), |x, p| of::celu_slope),
        Kind::Celu { alpha } => inlined!(slopes_with(from, d_y, c(alpha)), |x, p| of::celu_slope_of_input),
        Kind::Gelu => inlined!(slopes(from, d_y), |x| of::gelu_slope),
        Kind::GeluApproximate => inlined!(slopes(from, d_y), |x| of::gelu_approximate_slope),
        Kind::Sigmoid => inlined!(slopes(from, d_y), |x| of::sigmoid_slope),
        Kind::HardSigmoid => inlined!(slopes(from, d_y), |x| of::hard_sigmoid_slope),
        Kind::LogSigmoid => inlined!(slopes(from, d_y), |x| of::log_sigmoid_slope),
        Kind::Silu => inlined!(slopes(from, d_y), |x| of::silu_slope),
        Kind::HardSilu => inlined!(slopes(from, d_y), |x| of::hard_silu_slope),
        Kind::Mish => inlined!(slopes(from, d_y), |x| of::mish_slope),
        Kind::Softplus => inlined!(slopes(from, d_y), |x| of::softplus_slope),
        Kind::Softsign => inlined!(slopes(from, d_y), |x| of::softsign_slope),
        Kind::Tanh => inlined!(slopes(from, d_y), |x| of::tanh_slope),
        Kind::TanhShrink => inlined!(slopes(from, d_y), |x| of::tanh_shrink_slope),
        Kind::HardTanh => inlined!(slopes(from, d_y), |x| of::hard_tanh_slope),
        Kind::HardShrink { .. } | Kind::SoftShrink { .. } => inlined!(slopes(from, d_y), |x| of::shrink_slope),
        Kind::Threshold { threshold, .. } => inlined!(slopes_with(from, d_y, c(threshold)), |x, p| of::threshold_slope),
        Kind::SparsePlus => inlined!(slopes(from, d_y), |x| of::sparse_plus_slope),
        Kind::SparseSigmoid => inlined!(slopes(from, d_y), |x| of::sparse_sigmoid_slope),
        Kind::Squareplus { b } => inlined!(slopes_with(from, d_y, c(b)), |x, p| of::squareplus_slope),
        Kind::Exponential => slopes(
            from,
            d_y,
            #[inline(always)]
            |y| y,
        ),
        Kind::Softmax => inlined!(back_on_rows(from, d_y, row), |y, d| rows::softmax_backward),
        Kind::LogSoftmax => inlined!(back_on_rows(from, d_y, row), |y, d| rows::log_softmax_backward),
        Kind::Sparsemax => inlined!(back_on_rows(from, d_y, row), |y, d| rows::sparsemax_backward),
    }
}

/// `y = f(x)`, or `y = f(y)` without an `x`. `f` and its parameters are copied into the loop, where no store can change them.
fn map<T: Float>(x: Option<&[T]>, y: &mut [T], f: impl Fn(T) -> T + Copy + Sync) {
    each([(y, CHUNK)], move |i, [y]| match x {
        Some(x) => vectorize(
            #[inline(always)]
            move || {
                for (y, &x) in y.iter_mut().zip(&x[i * CHUNK..]) {
                    *y = f(x);
                }
            },
        ),
        None => vectorize(
            #[inline(always)]
            move || {
                for y in y.iter_mut() {
                    *y = f(*y);
                }
            },
        ),
    });
}

/// [`map`] of a function with a parameter.
fn with<T: Float, P: Copy + Sync>(x: Option<&[T]>, y: &mut [T], parameter: P, f: impl Fn(T, P) -> T + Copy + Sync) {
    map(
        x,
        y,
        #[inline(always)]
        move |x| f(x, parameter),
    );
}

/// `d_y = f(from, d_y)`.
fn chain<T: Float>(from: &[T], d_y: &mut [T], f: impl Fn(T, T) -> T + Copy + Sync) {
    each([(d_y, CHUNK)], move |i, [d_y]| {
        vectorize(
            #[inline(always)]
            move || {
                for (d, &from) in d_y.iter_mut().zip(&from[i * CHUNK..]) {
                    *d = f(from, *d);
                }
            },
        );
    });
}

/// `d_y = d_y * slope(from)`.
fn slopes<T: Float>(from: &[T], d_y: &mut [T], slope: impl Fn(T) -> T + Copy + Sync) {
    chain(
        from,
        d_y,
        #[inline(always)]
        move |from, d| d * slope(from),
    );
}

/// [`slopes`] of a function with a parameter.
fn slopes_with<T: Float, P: Copy + Sync>(from: &[T], d_y: &mut [T], parameter: P, slope: impl Fn(T, P) -> T + Copy + Sync) {
    slopes(
        from,
        d_y,
        #[inline(always)]
        move |from| slope(from, parameter),
    );
}

#[cfg(test)]
mod tests;
