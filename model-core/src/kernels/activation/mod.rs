//! Activations: every one Keras names, in place or from one slice to another, and their derivatives.
//!
//! Left out is `glu`, which halves the axis it acts along.

mod pointwise;
mod rows;

use crate::float::Float;
use crate::kernels::chunks::{CHUNK, each};
use crate::kernels::vectorize::vectorize;
use pointwise as of;

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

fn apply<T: Float>(kind: Kind, x: Option<&[T]>, y: &mut [T], row: usize) {
    let c = T::from_f64;
    match kind {
        Kind::Linear => {
            if let Some(x) = x {
                map(Some(x), y, |x| x);
            }
        }
        Kind::Relu => map(x, y, of::relu),
        Kind::GeneralRelu { negative_slope, max_value, threshold } => {
            let (slope, most, threshold) = (c(negative_slope), c(max_value), c(threshold));
            map(
                x,
                y,
                #[inline(always)]
                move |x| of::general_relu(x, slope, most, threshold),
            );
        }
        Kind::Relu6 => map(x, y, of::relu6),
        Kind::LeakyRelu { negative_slope } => with(x, y, c(negative_slope), of::leaky_relu),
        Kind::Elu { alpha } => with(x, y, c(alpha), of::elu),
        Kind::Selu => map(x, y, of::selu),
        Kind::Celu { alpha } => with(x, y, c(alpha), of::celu),
        Kind::Gelu => map(x, y, of::gelu),
        Kind::GeluApproximate => map(x, y, of::gelu_approximate),
        Kind::Sigmoid => map(x, y, of::sigmoid),
        Kind::HardSigmoid => map(x, y, of::hard_sigmoid),
        Kind::LogSigmoid => map(x, y, of::log_sigmoid),
        Kind::Silu => map(x, y, of::silu),
        Kind::HardSilu => map(x, y, of::hard_silu),
        Kind::Mish => map(x, y, of::mish),
        Kind::Softplus => map(x, y, of::softplus),
        Kind::Softsign => map(x, y, of::softsign),
        Kind::Tanh => map(x, y, T::tanh),
        Kind::TanhShrink => map(x, y, of::tanh_shrink),
        Kind::HardTanh => map(x, y, of::hard_tanh),
        Kind::HardShrink { threshold } => with(x, y, c(threshold), of::hard_shrink),
        Kind::SoftShrink { threshold } => with(x, y, c(threshold), of::soft_shrink),
        Kind::Threshold { threshold, default_value } => with(x, y, (c(threshold), c(default_value)), of::threshold),
        Kind::SparsePlus => map(x, y, of::sparse_plus),
        Kind::SparseSigmoid => map(x, y, of::sparse_sigmoid),
        Kind::Squareplus { b } => with(x, y, c(b), of::squareplus),
        Kind::Exponential => map(x, y, T::exp),
        Kind::Softmax => rows::forward(x, y, row, rows::softmax),
        Kind::LogSoftmax => rows::forward(x, y, row, rows::log_softmax),
        Kind::Sparsemax => rows::forward(x, y, row, rows::sparsemax),
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
        Kind::Relu => chain(from, d_y, of::relu_gradient),
        Kind::GeneralRelu { negative_slope, max_value, threshold } => {
            let (slope, most, threshold) = (c(negative_slope), c(max_value), c(threshold));
            slopes(
                from,
                d_y,
                #[inline(always)]
                move |z| of::general_relu_slope(z, slope, most, threshold),
            );
        }
        Kind::Relu6 => chain(from, d_y, of::relu6_gradient),
        Kind::LeakyRelu { negative_slope } => slopes_with(from, d_y, c(negative_slope), of::leaky_relu_slope),
        Kind::Elu { alpha } if alpha > 0.0 => slopes_with(from, d_y, c(alpha), of::elu_slope),
        Kind::Elu { alpha } => slopes_with(from, d_y, c(alpha), of::elu_slope_of_input),
        Kind::Selu => slopes(from, d_y, of::selu_slope),
        Kind::Celu { alpha } if alpha > 0.0 => slopes_with(from, d_y, c(alpha), of::celu_slope),
        Kind::Celu { alpha } => slopes_with(from, d_y, c(alpha), of::celu_slope_of_input),
        Kind::Gelu => slopes(from, d_y, of::gelu_slope),
        Kind::GeluApproximate => slopes(from, d_y, of::gelu_approximate_slope),
        Kind::Sigmoid => slopes(from, d_y, of::sigmoid_slope),
        Kind::HardSigmoid => slopes(from, d_y, of::hard_sigmoid_slope),
        Kind::LogSigmoid => slopes(from, d_y, of::log_sigmoid_slope),
        Kind::Silu => slopes(from, d_y, of::silu_slope),
        Kind::HardSilu => slopes(from, d_y, of::hard_silu_slope),
        Kind::Mish => slopes(from, d_y, of::mish_slope),
        Kind::Softplus => slopes(from, d_y, of::softplus_slope),
        Kind::Softsign => slopes(from, d_y, of::softsign_slope),
        Kind::Tanh => slopes(from, d_y, of::tanh_slope),
        Kind::TanhShrink => slopes(from, d_y, of::tanh_shrink_slope),
        Kind::HardTanh => slopes(from, d_y, of::hard_tanh_slope),
        Kind::HardShrink { .. } | Kind::SoftShrink { .. } => slopes(from, d_y, of::shrink_slope),
        Kind::Threshold { threshold, .. } => slopes_with(from, d_y, c(threshold), of::threshold_slope),
        Kind::SparsePlus => slopes(from, d_y, of::sparse_plus_slope),
        Kind::SparseSigmoid => slopes(from, d_y, of::sparse_sigmoid_slope),
        Kind::Squareplus { b } => slopes_with(from, d_y, c(b), of::squareplus_slope),
        Kind::Exponential => slopes(
            from,
            d_y,
            #[inline(always)]
            |y| y,
        ),
        Kind::Softmax => rows::backward(from, d_y, row, rows::softmax_backward),
        Kind::LogSoftmax => rows::backward(from, d_y, row, rows::log_softmax_backward),
        Kind::Sparsemax => rows::backward(from, d_y, row, rows::sparsemax_backward),
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
