//! What is trained on or judged by, held against the model.

use std::borrow::Cow;
use std::ops::Range;

use model_graph::Graph;

use super::class_weight::{self, ClassWeight};
use super::own_step::OwnSamples;
use super::setup::Setup;
use super::trainer::Trainer;
use crate::error::{Error, Result};
use crate::given::{Data, Examples, Samples, Source, Stream, check_call, samples};
use crate::network::Trainable;

/// What is trained on.
pub(super) enum Given<'d> {
    /// Arrays that were held against the model.
    Planned(Samples<'d>),
    /// Arrays as they come.
    Own(OwnSamples<'d>),
}

impl<'d> Given<'d> {
    pub(super) fn new<N: Trainable<f32>, S>(trainer: &Trainer<'_, N, S>, setup: &Setup, data: &'d dyn Examples) -> Result<Self> {
        let graph = trainer.model.graph();
        match &trainer.own {
            Some(_) => OwnSamples::new(graph, data).map(Self::Own),
            None => samples(graph, &setup.inputs, &setup.outputs, data).map(Self::Planned),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Planned(samples) => samples.len,
            Self::Own(samples) => samples.len(),
        }
    }

    /// With the weights of classes, if there are any.
    pub(super) fn weighed(self, setup: &Setup, class_weight: Option<&ClassWeight>) -> Result<Self> {
        let Some(class_weight) = class_weight else { return Ok(self) };
        let Self::Planned(mut samples) = self else {
            let expected = "left to a step of one's own, which weighs what it is given";
            return Err(Error::Argument { owner: "Fit", argument: "class_weight", expected, found: format!("{class_weight:?}") });
        };
        let port = class_weight::only(&setup.outputs, !samples.weights.is_empty())?;
        let weights = class_weight.of(port, &port.shape(&samples.named), &samples.targets[0])?;
        samples.weights.push(Some(Cow::Owned(weights)));
        Ok(Self::Planned(samples))
    }

    pub(super) fn part(&self, range: Range<usize>) -> Given<'_> {
        match self {
            Self::Planned(samples) => Given::Planned(samples.part(range)),
            Self::Own(samples) => Given::Own(samples.part(range)),
        }
    }
}

/// What is judged by.
pub(super) enum Judges<'d> {
    Samples(Box<Samples<'d>>),
    Stream(&'d dyn Stream),
}

impl<'d> Judges<'d> {
    pub(super) fn new(graph: &Graph, setup: &Setup, data: &'d dyn Data) -> Result<Self> {
        Ok(match data.source() {
            Source::Examples(data) => Self::Samples(Box::new(samples_to_judge(graph, setup, data)?)),
            Source::Stream(stream) => Self::Stream(stream),
        })
    }

    /// How many batches of a size there are, and no more than these, where that is known.
    pub(super) fn steps(&self, size: usize, most: usize) -> Option<usize> {
        match self {
            Self::Samples(samples) => Some(samples.len.div_ceil(size).min(most)),
            Self::Stream(stream) if stream.is_endless() => Some(most),
            Self::Stream(stream) => stream.steps().map(|steps| steps.min(most)),
        }
    }

    /// How many samples there are, where all are in memory.
    pub(super) fn samples(&self) -> Option<usize> {
        if let Self::Samples(samples) = self { Some(samples.len) } else { None }
    }
}

/// What a model is judged by, which takes losses.
pub(super) fn samples_to_judge<'d>(graph: &Graph, setup: &Setup, data: &'d dyn Examples) -> Result<Samples<'d>> {
    check_call(graph)?;
    if setup.rules.is_empty() {
        return Err(Error::NoLosses);
    }
    samples(graph, &setup.inputs, &setup.outputs, data)
}
