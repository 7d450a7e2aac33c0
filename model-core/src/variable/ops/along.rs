//! What goes along one axis of a variable.

use std::panic::Location;

use serde_json::json;

use super::operations;
use crate::error::Result;
use crate::float::Float;
use crate::variable::operate::{Along, along_axis, form_along, one, reduce_named, several};
use crate::variable::var::Var;

operations! {
    /// The place of the largest along an axis, counted from 0; of several the first.
    argmax(axis: i64) -> Var<T> = |x, place| along_axis("argmax", &[x], axis, &[], place);
    /// The place of the smallest along an axis, counted from 0; of several the first.
    argmin(axis: i64) -> Var<T> = |x, place| along_axis("argmin", &[x], axis, &[], place);
    /// The places of the elements along an axis, that of the smallest first.
    argsort(axis: i64) -> Var<T> = |x, place| along_axis("argsort", &[x], axis, &[], place);
    /// The product of the elements along an axis up to each.
    cumprod(axis: i64) -> Var<T> = |x, place| along_axis("cumprod", &[x], axis, &[], place);
    /// The sum of the elements along an axis up to each.
    cumsum(axis: i64) -> Var<T> = |x, place| along_axis("cumsum", &[x], axis, &[], place);
    /// What elements along an axis differ from those before, so many times.
    diff(n: usize, axis: i64) -> Var<T> = |x, place| along_axis("diff", &[x], axis, &[("n", json!(n))], place);
    /// The first half of an axis times the sigmoid of the second.
    glu(axis: i64) -> Var<T> = |x, place| along_axis("glu", &[x], axis, &[], place);
    /// The logarithm of the shares along an axis that `softmax` gives.
    log_softmax(axis: i64) -> Var<T> = |x, place| along_axis("log_softmax", &[x], axis, &[], place);
    /// The vectors along an axis, divided by their lengths.
    normalize(axis: i64) -> Var<T> = |x, place| along_axis("normalize", &[x], axis, &[], place);
    /// Shares along an axis, which sum to 1: `e^x` over the sum of it.
    softmax(axis: i64) -> Var<T> = |x, place| along_axis("softmax", &[x], axis, &[], place);
    /// The elements along an axis, the smallest first.
    sort(axis: i64) -> Var<T> = |x, place| along_axis("sort", &[x], axis, &[], place);
    /// The nearest numbers along an axis that sum to 1 and of which none is below 0.
    sparsemax(axis: i64) -> Var<T> = |x, place| along_axis("sparsemax", &[x], axis, &[], place);
    /// Whole numbers as vectors along a new axis, 1 in the place of each.
    one_hot(num_classes: usize, axis: i64) -> Var<T> = |x, place| {
        let (form, axis) = form_along("one_hot", axis, x, x.rank()?.saturating_add(1), place)?;
        one("one_hot", &[("num_classes", json!(num_classes)), ("axis", json!(axis))], &[x], form, place)
    };
    /// How many along axes are true, or not 0.
    count_nonzero(axes: impl Into<Along>) -> Var<T> = |x, _place| x.not_equal(0.0)?.sum(axes);
    /// The mean and the variance along axes: `let [mean, variance] = x.moments(0)?;`.
    moments(axes: impl Into<Along>) -> [Var<T>; 2] = |x, place| {
        let outputs = reduce_named("moments", "axes", x, axes.into(), place)?;
        Ok(outputs.try_into().expect("a mean and a variance"))
    };
    /// The largest elements along the last axis, the largest first, and their places: `let [most, places] = x.top_k(3)?;`.
    top_k(k: usize) -> [Var<T>; 2] = |x, place| {
        let (form, _) = form_along("top_k", -1, x, x.rank()?, place)?;
        let outputs = several("top_k", &[("k", json!(k))], &[x], form, place)?;
        Ok(outputs.try_into().expect("elements and places"))
    };
    /// Parts of an axis, as many, or with the places that all but the first begin at: `x.split(2, -1)`, `x.split([3, 5], 1)`.
    split(parts: impl Into<Parts>, axis: i64) -> Vec<Var<T>> = |x, place| {
        let (form, axis) = form_along("split", axis, x, x.rank()?, place)?;
        several("split", &[("indices_or_sections", parts.into().0), ("axis", json!(axis))], &[x], form, place)
    };
    /// What is at each place of an axis, which goes.
    unstack(axis: i64) -> Vec<Var<T>> = |x, place| {
        let (form, axis) = form_along("unstack", axis, x, x.rank()?, place)?;
        several("unstack", &[("axis", json!(axis))], &[x], form, place)
    };
    /// The elements at places of an axis, which a tensor of the same other axes has.
    take_along_axis(places: &Var<T>, axis: i64) -> Var<T> = |x, place| along_axis("take_along_axis", &[x, places], axis, &[], place);
    /// The elements at places of an axis that are listed; -1 is the last.
    take(places: &[i64], axis: i64) -> Var<T> = |x, place| along_axis("take", &[x], axis, &[("indices", json!(places))], place);
}

/// How an axis is cut: into so many equal parts, or at places.
#[derive(Clone, Debug)]
pub struct Parts(serde_json::Value);

impl From<usize> for Parts {
    fn from(parts: usize) -> Self {
        Self(json!(parts))
    }
}

impl<const N: usize> From<[usize; N]> for Parts {
    fn from(places: [usize; N]) -> Self {
        Self(json!(places.as_slice()))
    }
}

/// Tensors one behind the other along an axis.
///
/// # Errors
/// If their other axes differ, or there is none.
#[track_caller]
pub fn concatenate<T: Float>(tensors: &[&Var<T>], axis: i64) -> Result<Var<T>> {
    along_axis("concatenate", tensors, axis, &[], Location::caller())
}

/// Tensors of one shape, one behind the other along a new axis.
///
/// # Errors
/// If their shapes differ, or there is none.
#[track_caller]
pub fn stack<T: Float>(tensors: &[&Var<T>], axis: i64) -> Result<Var<T>> {
    let place = Location::caller();
    let Some(first) = tensors.first() else { return along_axis("stack", tensors, axis, &[], place) };
    let (form, axis) = form_along("stack", axis, first, first.rank()?.saturating_add(1), place)?;
    one("stack", &[("axis", json!(axis))], tensors, form, place)
}
