//! Operations of `keras.ops` on variables: those that models have, run one at a time.

use std::ops::RangeFull;
use std::panic::Location;

use model_graph::layer::Manner;
use model_graph::layers::{AnyLayer as Config, Declaration};
use model_graph::message::ArgumentError;
use serde_json::{Map, Value, json};

use super::fault::{Failure, Fault};
use super::symbol::{self, Callee};
use super::tape::Tape;
use super::var::{Form, Var};
use crate::error::Result;
use crate::float::Float;

/// The axes that something goes along, the batch being axis 0: `1`, `-1`, `[1, 2]`, or `..` for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Along {
    /// Nothing for all.
    axes: Option<Vec<i64>>,
    keepdims: bool,
}

impl Along {
    /// These axes, which stay with size 1: `x.mean(along(-1).keepdims())`.
    #[must_use]
    pub fn keepdims(self) -> Self {
        Self { keepdims: true, ..self }
    }
}

/// The axes that something goes along.
#[must_use]
pub fn along(axes: impl Into<Along>) -> Along {
    axes.into()
}

impl From<RangeFull> for Along {
    fn from(_: RangeFull) -> Self {
        Self { axes: None, keepdims: false }
    }
}

impl From<i64> for Along {
    fn from(axis: i64) -> Self {
        Self { axes: Some(vec![axis]), keepdims: false }
    }
}

impl From<i32> for Along {
    fn from(axis: i32) -> Self {
        Self::from(i64::from(axis))
    }
}

impl From<Vec<i64>> for Along {
    fn from(axes: Vec<i64>) -> Self {
        Self { axes: Some(axes), keepdims: false }
    }
}

impl<const N: usize> From<[i64; N]> for Along {
    fn from(axes: [i64; N]) -> Self {
        Self { axes: Some(axes.to_vec()), keepdims: false }
    }
}

impl<const N: usize> From<[i32; N]> for Along {
    fn from(axes: [i32; N]) -> Self {
        Self::from(axes.map(i64::from))
    }
}

/// An operand of arithmetic: a variable, or a number.
#[derive(Clone, Debug)]
pub(super) enum Operand<'v, T: Float> {
    Var(&'v Var<T>),
    Number(f64),
}

/// The arguments of an operation, as Keras's configuration has them.
pub(super) type Arguments<'a> = &'a [(&'static str, Value)];

/// The operation of a name with these arguments.
fn config(name: &str, arguments: Arguments<'_>, place: &'static Location<'static>) -> Result<Config> {
    let declaration = Declaration::function(name).expect("the operations of variables are those of graphs");
    let given: Map<String, Value> = arguments.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    declaration.read(&given).map_err(|problems| {
        let class = format!("ops::{name}");
        Fault::arguments(problems.into_iter().map(|problem| ArgumentError { class: class.clone(), problem })).at(place)
    })
}

/// An operation with one output, on tensors that see the batch in a form.
pub(super) fn one<T: Float>(
    name: &'static str,
    arguments: Arguments<'_>,
    inputs: &[&Var<T>],
    form: Form,
    place: &'static Location<'static>,
) -> Result<Var<T>> {
    several(name, arguments, inputs, form, place).map(|mut outputs| outputs.swap_remove(0))
}

/// An operation, on tensors that see the batch in a form.
pub(super) fn several<T: Float>(
    name: &'static str,
    arguments: Arguments<'_>,
    inputs: &[&Var<T>],
    form: Form,
    place: &'static Location<'static>,
) -> Result<Vec<Var<T>>> {
    let call = || format!("ops::{name}");
    if is_symbolic(inputs) {
        let callee = || config(name, arguments, place).map(Callee::operation);
        return symbol::call(inputs.into(), (&[], &[]), callee, &call, place);
    }
    let inputs = inputs.iter().map(|input| input.known().cloned()).collect::<Result<Vec<_>>>()?;
    let tape = Tape::common(inputs.iter(), call, place)?;
    let called = tape.operation(name, arguments, || config(name, arguments, place))?;
    let outputs = called.call(&inputs, Manner::default(), form, place)?;
    Ok(outputs.into_iter().map(Var::from).collect())
}

/// Whether one of the tensors is of a model to be.
fn is_symbolic<T: Float>(inputs: &[&Var<T>]) -> bool {
    inputs.iter().any(|input| input.as_symbol().is_some())
}

/// How tensors are seen that are computed with element by element: as samples where they have as many.
fn alike<T: Float>(inputs: &[&Var<T>]) -> Form {
    let first = |input: &&Var<T>| input.shape().first().copied();
    match inputs.first().and_then(first) {
        Some(batch) if inputs.iter().all(|input| first(input) == Some(batch)) => Form::Samples,
        _ => Form::One,
    }
}

/// An operation element by element, of tensors whose axes have the same sizes, or size 1.
pub(super) fn elementwise<T: Float>(
    name: &'static str,
    arguments: Arguments<'_>,
    inputs: &[&Var<T>],
    place: &'static Location<'static>,
) -> Result<Var<T>> {
    let (call, shapes) = (
        || format!("ops::{name}"),
        || {
            let shapes: Vec<String> = inputs.iter().map(|input| format!("{:?}", input.shape())).collect();
            model_graph::message::list(&shapes)
        },
    );
    if is_symbolic(inputs) {
        return one(name, arguments, inputs, Form::Samples, place);
    }
    inputs.iter().try_for_each(|input| input.known().map(drop))?;
    let rank = inputs.first().map_or(0, |first| first.shape().len());
    if inputs.iter().any(|input| input.shape().len() != rank) {
        return Err(Fault::Ranks { call: call(), shapes: shapes() }.at(place));
    }
    let differ = |&axis: &usize| {
        let mut sizes = inputs.iter().map(|input| input.shape()[axis]).filter(|&size| size != 1);
        sizes.next().is_some_and(|first| sizes.any(|size| size != first))
    };
    if let Some(axis) = (0..rank).find(differ) {
        return Err(Fault::Sizes { call: call(), shapes: shapes(), axis }.at(place));
    }
    one(name, arguments, inputs, alike(inputs), place)
}

/// An axis counted from the front, of a tensor of so many axes.
///
/// # Errors
/// If there is no such axis.
pub(super) fn from_front(name: &str, axis: i64, rank: usize, place: &'static Location<'static>) -> Result<i64> {
    let rank_number = i64::try_from(rank).unwrap_or(i64::MAX);
    let front = if axis < 0 { axis.saturating_add(rank_number) } else { axis };
    match (0..rank_number).contains(&front) {
        true => Ok(front),
        false => Err(Fault::Axis { call: format!("ops::{name}"), axis, rank }.at(place)),
    }
}

/// How a call sees a tensor that goes along an axis of so many, and the axis as the call names it.
pub(super) fn form_along<T: Float>(
    name: &str,
    axis: i64,
    x: &Var<T>,
    rank: usize,
    place: &'static Location<'static>,
) -> Result<(Form, i64)> {
    if x.as_symbol().is_some() {
        return Ok((Form::Samples, axis));
    }
    Ok(match from_front(name, axis, rank, place)? {
        0 => (Form::One, 1),
        axis => (Form::Samples, axis),
    })
}

/// An operation along an axis.
pub(super) fn along_axis<T: Float>(
    name: &'static str,
    inputs: &[&Var<T>],
    axis: i64,
    arguments: Arguments<'_>,
    place: &'static Location<'static>,
) -> Result<Var<T>> {
    let Some(first) = inputs.first() else { return Err(Fault::Nothing { call: format!("ops::{name}") }.at(place)) };
    let (form, axis) = form_along(name, axis, first, first.rank()?, place)?;
    let arguments: Vec<_> = arguments.iter().cloned().chain([("axis", json!(axis))]).collect();
    one(name, &arguments, inputs, form, place)
}

/// What is left of a tensor along axes.
pub(super) fn reduce<T: Float>(
    name: &'static str,
    x: &Var<T>,
    along: Along,
    place: &'static Location<'static>,
) -> Result<Var<T>> {
    reduce_named(name, "axis", x, along, place).map(|mut outputs| outputs.swap_remove(0))
}

/// All that is left of a tensor along axes, of an operation that calls them so.
pub(super) fn reduce_named<T: Float>(
    name: &'static str,
    axes_name: &'static str,
    x: &Var<T>,
    Along { axes, keepdims }: Along,
    place: &'static Location<'static>,
) -> Result<Vec<Var<T>>> {
    if x.as_symbol().is_some() {
        return several(name, &[(axes_name, json!(axes)), ("keepdims", json!(keepdims))], &[x], Form::Samples, place);
    }
    let rank = x.rank()?;
    let axes = match axes {
        None => (0..i64::try_from(rank).unwrap_or(i64::MAX)).collect(),
        Some(axes) => axes.into_iter().map(|axis| from_front(name, axis, rank, place)).collect::<Result<Vec<_>>>()?,
    };
    let (form, axes): (Form, Vec<i64>) = match rank == 0 || axes.contains(&0) {
        true => (Form::One, axes.into_iter().map(|axis| axis.saturating_add(1)).collect()),
        false => (Form::Samples, axes),
    };
    if rank == 0 && axes.is_empty() {
        // A single number is a row of one.
        return reduce_named(name, axes_name, &x.reshape_at(&[1], place)?, along(..), place);
    }
    several(name, &[(axes_name, json!(axes)), ("keepdims", json!(keepdims))], &[x], form, place)
}

/// Arithmetic of two operands.
pub(super) fn arithmetic<T: Float>(
    name: &'static str,
    operands: [Operand<'_, T>; 2],
    place: &'static Location<'static>,
) -> Result<Var<T>> {
    let mut rank = 0;
    for operand in &operands {
        rank = rank.max(if let Operand::Var(var) = operand { var.rank()? } else { 0 });
    }
    let (mut tensors, mut arguments) = (Vec::new(), Vec::new());
    for (operand, argument) in operands.iter().zip(["x1", "x2"]) {
        match operand {
            // A single number meets every tensor.
            Operand::Var(var) if var.rank()? == 0 && rank > 0 => tensors.push(var.reshape_at(&vec![1; rank], place)?),
            Operand::Var(var) => tensors.push((*var).clone()),
            Operand::Number(number) => arguments.push((argument, json!(number))),
        }
    }
    let tensors: Vec<&Var<T>> = tensors.iter().collect();
    elementwise(name, &arguments, &tensors, place)
}

/// The same with an operator: what goes wrong is told later.
pub(super) fn operator<T: Float>(name: &'static str, operands: [Operand<'_, T>; 2], place: &'static Location<'static>) -> Var<T> {
    arithmetic(name, operands, place).unwrap_or_else(|error| Var::failed(Failure::of(&error)))
}
