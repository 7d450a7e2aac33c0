//! What losses of probabilities have in common.

use crate::error::Result;
use crate::variable::{Var, along};

/// What Keras keeps probabilities from 0 and from 1, and adds to what is divided by.
pub(super) const EPSILON: f64 = 1e-7;

/// Cut off to where logarithms are finite.
pub(super) fn clip(probabilities: &Var) -> Result<Var> {
    probabilities.clip(EPSILON, 1.0 - EPSILON)
}

/// Divided by their sum along an axis, and cut off.
pub(super) fn shares(probabilities: &Var, axis: i64) -> Result<Var> {
    clip(&(probabilities / probabilities.sum(along(axis).keepdims())?))
}

/// The logarithms of the shares along an axis.
pub(super) fn log_shares(output: &Var, axis: i64, from_logits: bool) -> Result<Var> {
    if from_logits { output.log_softmax(axis) } else { shares(output, axis)?.log() }
}

/// Targets of which a share is moved to one half.
pub(super) fn smooth_answers(truth: &Var, label_smoothing: f64) -> Var {
    smooth(truth, label_smoothing, 2.0)
}

/// Targets of which a share is moved to all classes evenly. As in Keras, the classes are those of the last axis.
pub(super) fn smooth_classes(truth: &Var, label_smoothing: f64) -> Var {
    smooth(truth, label_smoothing, truth.shape().last().copied().unwrap_or(1) as f64)
}

fn smooth(truth: &Var, label_smoothing: f64, classes: f64) -> Var {
    if label_smoothing == 0.0 { truth.clone() } else { truth * (1.0 - label_smoothing) + label_smoothing / classes }
}
