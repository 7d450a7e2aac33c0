//! Functions of each element that go by numbers.

use std::panic::Location;

use model_graph::shape::DType;
use serde_json::json;

use super::operations;
use crate::error::Result;
use crate::float::Float;
use crate::variable::operate::elementwise;
use crate::variable::var::Var;

operations! {
    /// The elements as another type.
    cast(dtype: DType) -> Var<T> = |x, place| elementwise("cast", &[("dtype", json!(dtype.keras_name()))], &[x], place);
    /// `x` above 0, `alpha * (e^(x / alpha) - 1)` below.
    celu(alpha: f64) -> Var<T> = |x, place| elementwise("celu", &[("alpha", json!(alpha))], &[x], place);
    /// `x` between two numbers.
    clip(least: f64, most: f64) -> Var<T> = |x, place| elementwise("clip", &[("x_min", json!(least)), ("x_max", json!(most))], &[x], place);
    /// `x` above 0, `alpha * (e^x - 1)` below.
    elu(alpha: f64) -> Var<T> = |x, place| elementwise("elu", &[("alpha", json!(alpha))], &[x], place);
    /// A number, in the shape of the tensor.
    full_like(number: f64) -> Var<T> = |x, place| elementwise("full_like", &[("fill_value", json!(number))], &[x], place);
    /// `x Φ(x)` with the normal distribution's Φ, or what comes near.
    gelu(approximate: bool) -> Var<T> = |x, place| elementwise("gelu", &[("approximate", json!(approximate))], &[x], place);
    /// `x` where it is further from 0 than the threshold, else 0.
    hard_shrink(threshold: f64) -> Var<T> = |x, place| elementwise("hard_shrink", &[("threshold", json!(threshold))], &[x], place);
    /// `x` above 0, a part of it below.
    leaky_relu(negative_slope: f64) -> Var<T> = |x, place| elementwise("leaky_relu", &[("negative_slope", json!(negative_slope))], &[x], place);
    /// `x`, with a number where it is none, and the largest ones for the infinite.
    nan_to_num(nan: f64) -> Var<T> = |x, place| elementwise("nan_to_num", &[("nan", json!(nan))], &[x], place);
    /// The nearest number with so many decimals; of two the even one.
    round(decimals: i32) -> Var<T> = |x, place| elementwise("round", &[("decimals", json!(decimals))], &[x], place);
    /// `x` moved by the threshold towards 0, 0 within.
    soft_shrink(threshold: f64) -> Var<T> = |x, place| elementwise("soft_shrink", &[("threshold", json!(threshold))], &[x], place);
    /// `(x + sqrt(x^2 + b)) / 2`.
    squareplus(b: f64) -> Var<T> = |x, place| elementwise("squareplus", &[("b", json!(b))], &[x], place);
    /// `x` above the threshold, a number elsewhere.
    threshold(threshold: f64, other: f64) -> Var<T> = |x, place| {
        elementwise("threshold", &[("threshold", json!(threshold)), ("default_value", json!(other))], &[x], place)
    };
}
