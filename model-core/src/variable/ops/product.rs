//! Products of variables that are summed along axes.

use std::panic::Location;

use serde_json::json;

use super::moved::of_matrices;
use crate::error::Result;
use crate::float::Float;
use crate::variable::operate::one;
use crate::variable::var::{Form, Var};

/// The products of matrices: the last two axes of each; axes before have the same sizes, or size 1.
///
/// # Errors
/// If the matrices do not fit.
#[track_caller]
pub fn matmul<T: Float>(x1: &Var<T>, x2: &Var<T>) -> Result<Var<T>> {
    x1.matmul(x2)
}

/// The products of elements that an equation names alike, summed along what the result has not: `ops::einsum("bij,bkj->bik", &a, &b)`.
///
/// # Errors
/// If the equation is none of two tensors, or they do not fit.
#[track_caller]
pub fn einsum<T: Float>(subscripts: &str, x1: &Var<T>, x2: &Var<T>) -> Result<Var<T>> {
    let is_symbolic = [x1, x2].iter().any(|x| x.as_symbol().is_some());
    let (form, subscripts) = if is_symbolic || keeps_batch(subscripts, [x1, x2]) {
        (Form::Samples, subscripts.to_owned())
    } else {
        (Form::One, of_one_sample(subscripts))
    };
    one("einsum", &[("subscripts", json!(subscripts))], &[x1, x2], form, Location::caller())
}

/// Products.
impl<T: Float> Var<T> {
    /// The products of matrices: the last two axes of each; axes before have the same sizes, or size 1.
    ///
    /// # Errors
    /// If the matrices do not fit.
    #[track_caller]
    pub fn matmul(&self, other: &Self) -> Result<Self> {
        let form = match of_matrices(self)? {
            Form::Samples if self.shape().first() == other.shape().first() => Form::Samples,
            _ => Form::One,
        };
        one("matmul", &[], &[self, other], form, Location::caller())
    }
}

/// Whether the first axis of both tensors and of the result is the same, so that it is the batch.
fn keeps_batch<T: Float>(subscripts: &str, tensors: [&Var<T>; 2]) -> bool {
    let mut firsts = subscripts.split([',', '>']).map(|term| term.trim().chars().next());
    let first = firsts.next().flatten().filter(|first| first.is_alphabetic());
    first.is_some() && firsts.all(|other| other == first) && tensors[0].shape().first() == tensors[1].shape().first()
}

/// The equation of the same tensors, each being one sample.
fn of_one_sample(subscripts: &str) -> String {
    let batch = ('A'..='Z').chain('a'..='z').find(|&letter| !subscripts.contains(letter)).unwrap_or('A');
    let (operands, output) = subscripts.split_once("->").unwrap_or((subscripts, ""));
    let operands: Vec<String> = operands.split(',').map(|term| format!("{batch}{}", term.trim())).collect();
    format!("{}->{batch}{}", operands.join(","), output.trim())
}
