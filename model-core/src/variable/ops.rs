//! Operations on variables, as functions and as methods: `ops::mean(&x, 1)` is `x.mean(1)`.

mod along;
mod form;
mod moved;
mod pair;
mod product;
mod tuned;

use std::panic::Location;

use ndarray::ArrayD;
use serde_json::json;

use super::custom;
use super::operate::{Along, elementwise, reduce};
use super::var::Var;
use crate::error::Result;
use crate::float::Float;

pub use super::operate::along;
pub use along::*;
pub use moved::*;
pub use pair::*;
pub use product::*;
pub use tuned::*;

/// Operations on a variable, with whatever else they take: each a function and a method.
macro_rules! operations {
    ($($(#[doc = $doc:literal])* $name:ident($($argument:ident: $given:ty),*) -> $output:ty = |$x:ident, $place:ident| $body:expr;)*) => {
        $(
            $(#[doc = $doc])*
            ///
            /// # Errors
            /// If the tensor, an axis or a number does not fit.
            #[track_caller]
            pub fn $name<T: Float>(x: &Var<T>, $($argument: $given),*) -> Result<$output> {
                x.$name($($argument),*)
            }
        )*

        impl<T: Float> Var<T> {
            $(
                $(#[doc = $doc])*
                ///
                /// # Errors
                /// If the tensor, an axis or a number does not fit.
                #[track_caller]
                pub fn $name(&self, $($argument: $given),*) -> Result<$output> {
                    let ($x, $place) = (self, Location::caller());
                    $body
                }
            )*
        }
    };
}
use operations;

macro_rules! pointwise {
    ($($(#[doc = $doc:literal])* $name:ident = $keras:literal;)*) => {
        $(
            $(#[doc = $doc])*
            ///
            /// # Errors
            /// If the elements are not of a type that it takes.
            #[track_caller]
            pub fn $name<T: Float>(x: &Var<T>) -> Result<Var<T>> {
                x.$name()
            }
        )*

        /// Functions of each element.
        impl<T: Float> Var<T> {
            $(
                $(#[doc = $doc])*
                ///
                /// # Errors
                /// If the elements are not of a type that it takes.
                #[track_caller]
                pub fn $name(&self) -> Result<Self> {
                    elementwise($keras, &[], &[self], Location::caller())
                }
            )*
        }
    };
}

pointwise! {
    /// Without the sign.
    abs = "absolute";
    /// The angle whose cosine it is.
    arccos = "arccos";
    /// The number whose hyperbolic cosine it is.
    arccosh = "arccosh";
    /// The angle whose sine it is.
    arcsin = "arcsin";
    /// The number whose hyperbolic sine it is.
    arcsinh = "arcsinh";
    /// The angle whose tangent it is.
    arctan = "arctan";
    /// The number whose hyperbolic tangent it is.
    arctanh = "arctanh";
    /// The cubic root.
    cbrt = "cbrt";
    /// The next whole number from it on.
    ceil = "ceil";
    /// The cosine.
    cos = "cos";
    /// The hyperbolic cosine.
    cosh = "cosh";
    /// Degrees as radians.
    deg2rad = "deg2rad";
    /// The error function.
    erf = "erf";
    /// `e^x`.
    exp = "exp";
    /// `2^x`.
    exp2 = "exp2";
    /// `e^x - 1`.
    expm1 = "expm1";
    /// The last whole number up to it.
    floor = "floor";
    /// `max(0, min(1, x / 6 + 1 / 2))`.
    hard_sigmoid = "hard_sigmoid";
    /// `x * hard_sigmoid(x)`.
    hard_silu = "hard_silu";
    /// `max(-1, min(1, x))`.
    hard_tanh = "hard_tanh";
    /// Whether it is a number that is not infinite.
    is_finite = "isfinite";
    /// Whether it is infinite.
    is_inf = "isinf";
    /// Whether it is no number.
    is_nan = "isnan";
    /// The natural logarithm.
    log = "log";
    /// The logarithm of `1 + x`.
    log1p = "log1p";
    /// The logarithm to base 2.
    log2 = "log2";
    /// The logarithm to base 10.
    log10 = "log10";
    /// The logarithm of the sigmoid.
    log_sigmoid = "log_sigmoid";
    /// Whether it is false.
    logical_not = "logical_not";
    /// Minus the number.
    negative = "negative";
    /// Radians as degrees.
    rad2deg = "rad2deg";
    /// `1 / x`.
    reciprocal = "reciprocal";
    /// `max(0, x)`.
    relu = "relu";
    /// `min(6, max(0, x))`.
    relu6 = "relu6";
    /// `1 / sqrt(x)`.
    rsqrt = "rsqrt";
    /// The scaled exponential linear unit.
    selu = "selu";
    /// `1 / (1 + e^-x)`.
    sigmoid = "sigmoid";
    /// -1, 0 or 1.
    sign = "sign";
    /// `x * sigmoid(x)`.
    silu = "silu";
    /// The sine.
    sin = "sin";
    /// The hyperbolic sine.
    sinh = "sinh";
    /// `log(1 + e^x)`.
    softplus = "softplus";
    /// `x / (1 + |x|)`.
    softsign = "softsign";
    /// 0 below -1, `x` above 1, between them a parabola.
    sparse_plus = "sparse_plus";
    /// 0 below -1, 1 above 1, between them a line.
    sparse_sigmoid = "sparse_sigmoid";
    /// The root.
    sqrt = "sqrt";
    /// `x * x`.
    square = "square";
    /// The tangent.
    tan = "tan";
    /// The hyperbolic tangent.
    tanh = "tanh";
    /// `x - tanh(x)`.
    tanh_shrink = "tanh_shrink";
    /// Without what is behind the point.
    trunc = "trunc";
    /// Ones, in the shape of the tensor.
    ones_like = "ones_like";
    /// Zeros, in the shape of the tensor.
    zeros_like = "zeros_like";
}

macro_rules! reductions {
    ($($(#[doc = $doc:literal])* $name:ident;)*) => {
        $(
            $(#[doc = $doc])*
            ///
            /// # Errors
            /// If there is no such axis.
            #[track_caller]
            pub fn $name<T: Float>(x: &Var<T>, axes: impl Into<Along>) -> Result<Var<T>> {
                x.$name(axes)
            }
        )*

        /// What the elements along axes come to: `x.mean(1)`, `x.sum(..)` of all, `x.max(along([1, 2]).keepdims())`.
        impl<T: Float> Var<T> {
            $(
                $(#[doc = $doc])*
                ///
                /// # Errors
                /// If there is no such axis.
                #[track_caller]
                pub fn $name(&self, axes: impl Into<Along>) -> Result<Self> {
                    reduce(stringify!($name), self, axes.into(), Location::caller())
                }
            )*
        }
    };
}

reductions! {
    /// Whether all are true, or not 0.
    all;
    /// Whether any is true, or not 0.
    any;
    /// The logarithm of the sum of `e^x`.
    logsumexp;
    /// The largest.
    max;
    /// The mean.
    mean;
    /// The smallest.
    min;
    /// The length of the vector: the root of the sum of the squares.
    norm;
    /// The product.
    prod;
    /// The standard deviation.
    std;
    /// The sum.
    sum;
    /// The variance.
    var;
}

/// The second where the first is true, the third elsewhere.
///
/// # Errors
/// If the shapes do not fit.
#[track_caller]
pub fn where_<T: Float>(condition: &Var<T>, x1: impl Into<Other<T>>, x2: impl Into<Other<T>>) -> Result<Var<T>> {
    let (mut tensors, mut arguments) = (vec![condition.clone()], Vec::new());
    for (other, argument) in [(x1.into(), "x1"), (x2.into(), "x2")] {
        match other {
            Other::Var(var) => tensors.push(var),
            Other::Number(number) => arguments.push((argument, json!(number))),
        }
    }
    elementwise("where", &arguments, &tensors.iter().collect::<Vec<_>>(), Location::caller())
}

/// A function with a backward of one's own: what it gives for these tensors, and how their gradients follow from that of what it gives.
///
/// Rounding whose gradient goes straight through:
///
/// ```
/// use model_core::variable::{Tape, ops};
/// use ndarray::array;
///
/// let tape = Tape::new();
/// let x = tape.variable(&array![0.2_f32, 1.7])?;
/// let rounded = ops::custom("round", &[&x], x.array()?.mapv(f32::round), |d_y| vec![Some(d_y.clone())])?;
/// let gradients = (&rounded * &rounded).sum(..)?.backward()?;
/// assert_eq!(gradients.of(&x)?, array![0.0, 4.0].into_dyn());
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// # Errors
/// If there is no tensor. A gradient of another shape than its tensor's is told by `backward`.
#[track_caller]
pub fn custom<T: Float>(
    name: &'static str,
    tensors: &[&Var<T>],
    output: ArrayD<T>,
    backward: impl FnOnce(&ArrayD<T>) -> Vec<Option<ArrayD<T>>> + 'static,
) -> Result<Var<T>> {
    custom::call(name, tensors, &output, Box::new(backward), Location::caller())
}
