//! Variables whose elements are at other places.

use std::panic::Location;

use serde_json::json;

use super::operations;
use crate::error::Result;
use crate::float::Float;
use crate::variable::operate::{along_axis, from_front, one};
use crate::variable::var::{Form, Var};

operations! {
    /// The tensor in a larger shape of as many axes: those of size 1 are stretched.
    broadcast_to(shape: &[usize]) -> Var<T> = |x, place| {
        let (form, sample) = if keeps_batch(x, shape.first()) { (Form::Samples, &shape[1..]) } else { (Form::One, shape) };
        let shape: Vec<Option<usize>> = std::iter::once(None).chain(sample.iter().copied().map(Some)).collect();
        one("broadcast_to", &[("shape", json!(shape))], &[x], form, place)
    };
    /// The elements along an axis the other way round.
    flip(axis: i64) -> Var<T> = |x, place| along_axis("flip", &[x], axis, &[], place);
    /// The tensor with so many of a number before and behind each axis: `x.pad(&[[0, 0], [1, 1]], 0.0)`.
    pad(width: &[[usize; 2]], number: f64) -> Var<T> = |x, place| {
        let is_one = width.first().is_some_and(|ends| *ends != [0, 0]) || x.rank()? == 0;
        let form = if is_one && x.as_symbol().is_none() { Form::One } else { Form::Samples };
        let width: Vec<[usize; 2]> = before(form, [0, 0], width);
        one("pad", &[("pad_width", json!(width)), ("constant_values", json!(number))], &[x], form, place)
    };
    /// Each element along an axis so many times.
    repeat(times: usize, axis: i64) -> Var<T> = |x, place| along_axis("repeat", &[x], axis, &[("repeats", json!(times))], place);
    /// The elements along an axis further on; those that leave at the end come in at the beginning.
    roll(shift: i64, axis: i64) -> Var<T> = |x, place| along_axis("roll", &[x], axis, &[("shift", json!(shift))], place);
    /// The tensor so many times along each axis.
    tile(times: &[usize]) -> Var<T> = |x, place| {
        let is_one = times.first().is_some_and(|&times| times != 1) || x.rank()? <= 1;
        let form = if is_one && x.as_symbol().is_none() { Form::One } else { Form::Samples };
        let times: Vec<usize> = before(form, 1, times);
        one("tile", &[("repeats", json!(times))], &[x], form, place)
    };
    /// Two axes in each other's place.
    swapaxes(a: i64, b: i64) -> Var<T> = |x, place| {
        let rank = x.rank()?;
        let ends = [from_front("swapaxes", a, rank, place)?, from_front("swapaxes", b, rank, place)?];
        let ordered: Vec<usize> = (0..rank).map(|axis| match ends.map(|end| end as usize) {
            [a, b] if axis == a => b,
            [a, b] if axis == b => a,
            _ => axis,
        }).collect();
        x.transpose_at(&ordered, place)
    };
    /// An axis at another place, the others in their order.
    moveaxis(from: i64, to: i64) -> Var<T> = |x, place| {
        let rank = x.rank()?;
        let [from, to] = [from_front("moveaxis", from, rank, place)? as usize, from_front("moveaxis", to, rank, place)? as usize];
        let mut ordered: Vec<usize> = (0..rank).filter(|&axis| axis != from).collect();
        ordered.insert(to, from);
        x.transpose_at(&ordered, place)
    };
    /// Matrices, the last two axes, with 0 above a diagonal: 0 is that from the first place.
    tril(k: i64) -> Var<T> = |x, place| one("tril", &[("k", json!(k))], &[x], of_matrices(x)?, place);
    /// Matrices, the last two axes, with 0 below a diagonal: 0 is that from the first place.
    triu(k: i64) -> Var<T> = |x, place| one("triu", &[("k", json!(k))], &[x], of_matrices(x)?, place);
}

/// Whether a shape has as many samples.
fn keeps_batch<T: Float>(x: &Var<T>, batch: Option<&usize>) -> bool {
    x.as_symbol().is_some() || x.shape().first().is_some_and(|own| Some(own) == batch)
}

/// What is said of each axis, of a tensor that is one sample of the batch's as well.
fn before<X: Clone>(form: Form, of_batch: X, given: &[X]) -> Vec<X> {
    match form {
        Form::Samples => given.to_vec(),
        Form::One => std::iter::once(of_batch).chain(given.iter().cloned()).collect(),
    }
}

/// How a tensor is seen of which the last two axes are matrices.
pub(in crate::variable) fn of_matrices<T: Float>(x: &Var<T>) -> Result<Form> {
    Ok(if x.rank()? > 2 || x.as_symbol().is_some() { Form::Samples } else { Form::One })
}
