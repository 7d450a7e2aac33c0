//! What keeps a model's weights finite: a step is refused, before it changes anything, unless what it works with is within bounds from which
//! no update rule leaves the finite numbers.
//!
//! Gradients are at most 1e18, so that their squares, and moving averages of these, stay below 1e37. With that, and with the
//! ranges of the optimisers' arguments, a step is at most 1e36, and from weights of at most 1e30 it leaves finite ones. Those may be
//! beyond 1e30; then the next step is refused.

use super::room::Room;
use crate::error::Error;
use crate::finite::are_within;
use crate::network::{Network, Trainable};

const LARGEST_GRADIENT: f32 = 1e18;
const LARGEST_WEIGHT: f32 = 1e30;

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
}

impl Refusal {
    /// The error of a step of an epoch.
    pub(crate) fn error<N: Network<f32>>(self, model: &N, epoch: u64, step: u64) -> Error {
        let path = |place: usize| model.graph().weights().get(place).map_or_else(String::new, |(path, _)| path.clone());
        let what = match self {
            Self::Pass(error) => return error,
            Self::Loss => "the loss".to_owned(),
            Self::Gradient(place) => format!("the gradient of `{}`", path(place)),
            Self::Weight(place) => format!("`{}`", path(place)),
        };
        Error::Diverged { epoch, step, what }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Pass(error)
    }
}

/// Checks the gradients, and the weights that they are to change.
pub(crate) fn check<N: Trainable<f32>>(model: &mut N, gradients: &N::Gradients) -> Result<(), Refusal> {
    let (mut place, mut result) = (0, Ok(()));
    model.visit_with(gradients, &mut |weight, gradient, is_trainable| {
        if result.is_ok() && is_trainable && weight.trainable {
            if !are_within(&gradient.data, LARGEST_GRADIENT) {
                result = Err(Refusal::Gradient(place));
            } else if !are_within(&weight.data, LARGEST_WEIGHT) {
                result = Err(Refusal::Weight(place));
            }
        }
        place += 1;
    });
    result
}

/// Updates the moving statistics, and takes that back if one of them is not finite.
pub(crate) fn update_statistics<N: Trainable<f32>>(model: &mut N, room: &mut Room<N>) -> Result<(), Refusal> {
    room.statistics.clear();
    model.visit(&mut |weight| {
        if !weight.trainable {
            room.statistics.extend_from_slice(&weight.data);
        }
    });
    model.update(&room.tape);
    let (mut place, mut result) = (0, Ok(()));
    model.visit(&mut |weight| {
        if result.is_ok() && !weight.trainable && !are_within(&weight.data, f32::MAX) {
            result = Err(Refusal::Weight(place));
        }
        place += 1;
    });
    if result.is_err() {
        let mut before = &room.statistics[..];
        model.visit_mut(&mut |weight| {
            if !weight.trainable {
                let (own, rest) = before.split_at(weight.data.len());
                weight.data.copy_from_slice(own);
                before = rest;
            }
        });
    }
    result
}
