//! What keeps a model's weights finite, and an optimiser with its model: a step is refused, before it changes anything, unless what it works
//! with is within bounds from which no update rule leaves the finite numbers, and the weights are those that the optimiser was built for.
//!
//! Gradients are at most 1e18, so that their squares, and moving averages of these, stay below 1e37. With that, and with the
//! ranges of the optimisers' arguments, a step is at most 1e36 (rules hold it there where it could be beyond), and from weights of at most
//! 1e30 it leaves finite ones. Those may be beyond 1e30; then the next step is refused.

use super::memory::Memory;
use crate::elements::{Elements, Rows};
use crate::error::Error;
use crate::finite::are_within;
use crate::layer::Weight;
use crate::network::{Network, Trainable};
use crate::variable::Gradients;

const LARGEST_GRADIENT: f32 = 1e18;
pub(super) const LARGEST_WEIGHT: f32 = 1e30;

/// Why a step is refused.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// A pass through the model failed.
    Pass(Error),
    /// The loss is not finite.
    Loss,
    /// The gradient of the weight of this number is out of bounds.
    Gradient(usize),
    /// The weight of this number is out of bounds.
    Weight(usize),
    /// The weight of this number is not the one that the optimiser was built for, which is this.
    Foreign(usize, Option<String>),
    /// Training changes no weight.
    Nothing,
    /// No weight has a gradient.
    Unreached,
}

impl Refusal {
    /// The error of a step, of an epoch where there are epochs.
    pub(crate) fn error<N: Network<f32>>(self, model: &N, epoch: Option<u64>, step: u64) -> Error {
        let weights = || model.graph().weights();
        let path = |place: usize| weights().get(place).map_or_else(String::new, |(path, _)| path.clone());
        let what = match self {
            Self::Pass(error) => return error,
            Self::Loss => "the loss".to_owned(),
            Self::Gradient(place) => format!("the gradient of `{}`", path(place)),
            Self::Weight(place) => format!("`{}`", path(place)),
            Self::Foreign(place, expected) => {
                let found = weights().get(place).map(|(path, spec)| format!("`{path}` of shape {:?}", spec.sizes()));
                return Error::ForeignOptimizer { weight: place + 1, expected, found };
            }
            Self::Nothing => return nothing_to_train(model),
            Self::Unreached => return Error::NoGradients { model: model.graph().name.clone() },
        };
        Error::Diverged { epoch, step, what }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Pass(error)
    }
}

/// The error of a model of which training would change nothing: the layers with weights that are frozen, if there are any.
fn nothing_to_train<N: Network<f32>>(model: &N) -> Error {
    let mut weights = model.graph().weights().into_iter();
    let mut frozen: Vec<String> = Vec::new();
    model.visit(&mut |weight, _| {
        let path = weights.next().map(|(path, _)| path).unwrap_or_default();
        let layer = path.rsplit_once('/').map_or("", |(layer, _)| layer);
        if weight.trainable && frozen.last().is_none_or(|last| last != layer) {
            frozen.push(layer.to_owned());
        }
    });
    Error::NothingToTrain { frozen }
}

/// Checks that training changes something.
pub(crate) fn check_trainable<N: Network<f32>>(model: &N) -> Result<(), Error> {
    let mut is_any = false;
    model.visit(&mut |_, is_trainable| is_any |= is_trainable);
    if is_any { Ok(()) } else { Err(nothing_to_train(model)) }
}

/// Compares weights, one after the other, with those that an optimiser was built for.
struct Comparison<'o> {
    memory: std::iter::Enumerate<std::slice::Iter<'o, Memory>>,
    count: usize,
}

impl<'o> Comparison<'o> {
    fn new(memory: &'o [Memory]) -> Self {
        Self { memory: memory.iter().enumerate(), count: memory.len() }
    }

    fn next(&mut self, weight: &Weight<f32>) -> Result<(), Refusal> {
        match self.memory.next() {
            Some((_, own)) if own.is_of(weight) => Ok(()),
            Some((place, own)) => Err(Refusal::Foreign(place, Some(own.describe()))),
            None => Err(Refusal::Foreign(self.count, None)),
        }
    }

    fn end(&mut self) -> Result<(), Refusal> {
        self.memory.next().map_or(Ok(()), |(place, own)| Err(Refusal::Foreign(place, Some(own.describe()))))
    }
}

/// Checks that a model's weights are those that an optimiser was built for.
pub(crate) fn check_weights<N: Network<f32>>(model: &N, memory: &[Memory]) -> Result<(), Refusal> {
    let (mut comparison, mut result) = (Comparison::new(memory), Ok(()));
    model.visit(&mut |weight, _| {
        if result.is_ok() {
            result = comparison.next(weight);
        }
    });
    result.and_then(|()| comparison.end())
}

/// Numbers, and the rows that are looked at, where those are not all.
type Looked<'n> = (&'n [f32], Option<&'n Rows>);

/// Whether the absolute value of every number is at most `limit`.
fn rows_within((numbers, rows): Looked<'_>, limit: f32) -> bool {
    let Some(rows) = rows else { return are_within(numbers, limit) };
    // Rows are short: the bits of numbers without signs are ordered as they are.
    rows.ranges().all(|row| numbers[row].iter().fold(0, |largest, number| number.abs().to_bits().max(largest)) <= limit.to_bits())
}

/// Whether a gradient, and the weight that it is to change, are within bounds.
fn bounded(place: usize, weight: Looked<'_>, gradient: Looked<'_>) -> Result<(), Refusal> {
    if !rows_within(gradient, LARGEST_GRADIENT) {
        return Err(Refusal::Gradient(place));
    }
    if rows_within(weight, LARGEST_WEIGHT) { Ok(()) } else { Err(Refusal::Weight(place)) }
}

/// Checks the gradients, and the weights that they are to change: `moved` tells the rows of a weight that change, where others do not.
pub(crate) fn check<N: Trainable<f32>>(
    model: &mut N,
    gradients: &mut N::Gradients,
    moved: impl for<'g> Fn(usize, &'g Elements<f32>) -> Option<&'g Rows>,
) -> Result<(), Refusal> {
    let (mut place, mut result, mut is_any) = (0, Ok(()), false);
    model.visit_with(gradients, &mut |weight, gradient, is_trainable| {
        if result.is_ok() && is_trainable {
            let rows = moved(place, &gradient.data);
            result = bounded(place, (&weight.data, rows), (&gradient.data, gradient.data.rows()));
        }
        is_any |= is_trainable;
        place += 1;
    });
    result.and_then(|()| if is_any { Ok(()) } else { Err(Refusal::Nothing) })
}

/// Checks the gradients of variables, and the weights that they are to change; whether each weight is trained.
pub(crate) fn check_variables<N: Network<f32>>(model: &N, gradients: &Gradients) -> Result<Vec<bool>, Refusal> {
    let (mut trained, mut result, mut has_any) = (Vec::new(), Ok(()), false);
    model.visit(&mut |weight, is_trainable| {
        let place = trained.len();
        trained.push(is_trainable);
        let gradient = gradients.elements(weight).filter(|_| is_trainable);
        has_any |= gradient.is_some();
        if let Some(gradient) = gradient.filter(|_| result.is_ok()) {
            result = bounded(place, (&weight.data, None), (gradient, None));
        }
    });
    result?;
    match (has_any, trained.contains(&true)) {
        (true, _) => Ok(trained),
        (false, true) => Err(Refusal::Unreached),
        (false, false) => Err(Refusal::Nothing),
    }
}

/// Takes over what weights have become by other means than gradients, in the calls that the gradients are of.
pub(crate) fn take_statistics<N: Trainable<f32>>(model: &mut N, gradients: &Gradients) -> Result<(), Refusal> {
    let Some(tape) = gradients.tape() else { return Ok(()) };
    let (mut moved, mut result) = (Vec::new(), Ok(()));
    model.visit(&mut |weight, _| {
        let statistic = tape.take_statistic(weight);
        if statistic.as_ref().is_some_and(|elements| !are_within(elements, f32::MAX)) && result.is_ok() {
            result = Err(Refusal::Weight(moved.len()));
        }
        moved.push(statistic);
    });
    result?;
    let mut moved = moved.into_iter();
    model.visit_mut(&mut |weight| {
        if let Some(elements) = moved.next().flatten() {
            weight.data = elements;
        }
    });
    Ok(())
}

/// What moving statistics follow from, and room for what they were.
pub(crate) struct Statistics<'s, N: Network<f32>> {
    pub(crate) moved: Moved<'s, N>,
    pub(crate) before: &'s mut Vec<f32>,
}

/// What moving statistics become.
pub(crate) enum Moved<'s, N: Network<f32>> {
    /// What follows from a pass.
    By(&'s N::Tape),
    /// What they are moved by, one behind the other.
    Of(&'s [f32]),
}

/// Takes down the moving statistics, one behind the other.
pub(crate) fn remember<N: Network<f32>>(model: &N, statistics: &mut Vec<f32>) {
    statistics.clear();
    model.visit(&mut |weight, _| {
        if !weight.trainable {
            statistics.extend_from_slice(&weight.data);
        }
    });
}

/// Gives the moving statistics back what they were.
pub(crate) fn take_back<N: Trainable<f32>>(model: &mut N, before: &[f32]) {
    change(model, before, |statistics, before| statistics.copy_from_slice(before));
}

/// Moves the moving statistics. One that stays where it is keeps its bits.
fn shift<N: Trainable<f32>>(model: &mut N, by: &[f32]) {
    change(model, by, |statistics, by| statistics.iter_mut().zip(by).for_each(|(statistic, by)| *statistic += by));
}

/// Changes the moving statistics by numbers that lie one behind the other.
fn change<N: Trainable<f32>>(model: &mut N, mut by: &[f32], change: fn(&mut [f32], &[f32])) {
    model.visit_mut(&mut |weight| {
        if !weight.trainable {
            let (own, rest) = by.split_at(weight.data.len());
            change(&mut weight.data, own);
            by = rest;
        }
    });
}

/// Updates the moving statistics, and takes that back if one of them is not finite.
pub(crate) fn update_statistics<N: Trainable<f32>>(model: &mut N, statistics: Statistics<'_, N>) -> Result<(), Refusal> {
    let Statistics { moved, before } = statistics;
    remember(model, before);
    match moved {
        Moved::By(tape) => model.update(tape),
        Moved::Of(by) => shift(model, by),
    }
    let (mut place, mut result) = (0, Ok(()));
    model.visit(&mut |weight, _| {
        if result.is_ok() && !weight.trainable && !are_within(&weight.data, f32::MAX) {
            result = Err(Refusal::Weight(place));
        }
        place += 1;
    });
    if result.is_err() {
        take_back(model, before);
    }
    result
}
