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
        match &trainer.own.train {
            Some(_) => OwnSamples::new(graph, data).map(Self::Own),
            None => planned(graph, setup, data).map(Self::Planned),
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
    /// What a step of one's own judges by.
    Own(Box<OwnSamples<'d>>),
    Stream(&'d dyn Stream),
}

impl<'d> Judges<'d> {
    pub(super) fn new<N: Trainable<f32>, S>(trainer: &Trainer<'_, N, S>, setup: &Setup, data: &'d dyn Data) -> Result<Self> {
        match data.source() {
            Source::Examples(data) => Self::of_examples(trainer, setup, data),
            Source::Stream(stream) => Ok(Self::Stream(stream)),
        }
    }

    pub(super) fn of_examples<N: Trainable<f32>, S>(
        trainer: &Trainer<'_, N, S>,
        setup: &Setup,
        data: &'d dyn Examples,
    ) -> Result<Self> {
        let graph = trainer.model.graph();
        match &trainer.own.test {
            Some(_) => OwnSamples::new(graph, data).map(|samples| Self::Own(Box::new(samples))),
            None => planned(graph, setup, data).map(|samples| Self::Samples(Box::new(samples))),
        }
    }

    /// A range of them, of which a stream has none.
    pub(super) fn part(&self, range: Range<usize>) -> Judges<'_> {
        match self {
            Self::Samples(samples) => Judges::Samples(Box::new(samples.part(range))),
            Self::Own(samples) => Judges::Own(Box::new(samples.part(range))),
            Self::Stream(stream) => Judges::Stream(*stream),
        }
    }

    /// How many batches of a size there are, and no more than these, where that is known.
    pub(super) fn steps(&self, size: usize, most: usize) -> Option<usize> {
        match self {
            Self::Samples(_) | Self::Own(_) => self.samples().map(|samples| samples.div_ceil(size).min(most)),
            Self::Stream(stream) if stream.is_endless() => Some(most),
            Self::Stream(stream) => stream.steps().map(|steps| steps.min(most)),
        }
    }

    /// How many samples there are, where all are in memory.
    pub(super) fn samples(&self) -> Option<usize> {
        match self {
            Self::Samples(samples) => Some(samples.len),
            Self::Own(samples) => Some(samples.len()),
            Self::Stream(_) => None,
        }
    }
}

/// What a model is trained on and judged by, which takes losses.
fn planned<'d>(graph: &Graph, setup: &Setup, data: &'d dyn Examples) -> Result<Samples<'d>> {
    check_call(graph)?;
    if setup.rules.is_empty() {
        return Err(Error::NoLosses);
    }
    samples(graph, &setup.inputs, &setup.outputs, data)
}
