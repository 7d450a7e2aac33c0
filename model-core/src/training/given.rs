//! What is trained on or judged by, held against the model.

use std::borrow::Cow;
use std::ops::Range;

use model_graph::Graph;

use super::class_weight::{self, ClassWeight};
use super::own_step::OwnSamples;
use super::setup::Setup;
use super::trainer::Trainer;
use crate::distribution::checksum;
use crate::error::{Error, Result};
use crate::given::{Data, Examples, Samples, Source, Stream, Target, check_call, samples};
use crate::memory;
use crate::network::Trainable;

/// What is trained on or judged by.
pub(super) enum Given<'d> {
    /// Arrays that were held against the model.
    Planned(Samples<'d>),
    /// Arrays as they come.
    Own(OwnSamples<'d>),
}

impl<'d> Given<'d> {
    /// What steps of training take of examples.
    pub(super) fn to_train<N: Trainable<f32>, S>(
        trainer: &Trainer<'_, N, S>,
        setup: &Setup,
        data: &'d dyn Examples,
    ) -> Result<Self> {
        Self::new(trainer.model.graph(), trainer.own.train.is_some(), setup, data)
    }

    /// What steps of judging take of them.
    pub(super) fn to_judge<N: Trainable<f32>, S>(
        trainer: &Trainer<'_, N, S>,
        setup: &Setup,
        data: &'d dyn Examples,
    ) -> Result<Self> {
        Self::new(trainer.model.graph(), trainer.own.test.is_some(), setup, data)
    }

    fn new(graph: &Graph, has_own_step: bool, setup: &Setup, data: &'d dyn Examples) -> Result<Self> {
        if has_own_step {
            return OwnSamples::new(graph, data).map(Self::Own);
        }
        check_call(graph)?;
        if setup.rules.is_empty() {
            return Err(Error::NoLosses);
        }
        samples(graph, &setup.inputs, &setup.outputs, data).map(Self::Planned)
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

    /// What it is, in words: the sizes of all arrays, and a number that another one's has hardly.
    pub(super) fn described(&self) -> String {
        let Self::Planned(samples) = self else { return memory::samples(self.len()) };
        let row = |len: usize| len / samples.len;
        let inputs: Vec<usize> = samples.inputs.iter().map(|input| row(input.len())).collect();
        let targets: Vec<usize> = samples.targets.iter().map(|target| row(target.len())).collect();
        let numbers = samples.inputs.iter().map(|input| &**input).chain(samples.weights.iter().filter_map(Option::as_deref));
        let all = numbers.fold(0, |sum, numbers| checksum(sum, numbers.iter().map(|number| number.to_bits())));
        let all = samples.targets.iter().fold(all, |sum, target| match target {
            Target::Values(values) => checksum(sum, values.iter().map(|value| value.to_bits())),
            Target::Labels(labels) => checksum(sum, labels.iter().map(|label| label.cast_unsigned())),
        });
        format!("{} of {inputs:?} and {targets:?} elements, checksum {all:x}", memory::samples(samples.len))
    }

    pub(super) fn part(&self, range: Range<usize>) -> Given<'_> {
        match self {
            Self::Planned(samples) => Given::Planned(samples.part(range)),
            Self::Own(samples) => Given::Own(samples.part(range)),
        }
    }
}

/// A stream in words, with its batches where they are known.
pub(super) fn described_stream(steps: Option<usize>) -> String {
    steps.map_or_else(|| "a stream".to_owned(), |steps| format!("a stream of {steps} batches"))
}

/// What a model is judged by.
pub(super) enum Judges<'d> {
    All(Box<Given<'d>>),
    Stream(&'d dyn Stream),
}

impl<'d> Judges<'d> {
    pub(super) fn new<N: Trainable<f32>, S>(trainer: &Trainer<'_, N, S>, setup: &Setup, data: &'d dyn Data) -> Result<Self> {
        match data.source() {
            Source::Examples(data) => Given::to_judge(trainer, setup, data).map(Self::all),
            Source::Stream(stream) => Ok(Self::Stream(stream)),
        }
    }

    pub(super) fn all(given: Given<'d>) -> Self {
        Self::All(Box::new(given))
    }

    /// What it is, in words.
    pub(super) fn described(&self) -> String {
        match self {
            Self::All(given) => given.described(),
            Self::Stream(stream) => described_stream(stream.steps()),
        }
    }

    /// How many batches of a size there are, and no more than these, where that is known.
    pub(super) fn steps(&self, size: usize, most: usize) -> Option<usize> {
        match self {
            Self::All(given) => Some(given.len().div_ceil(size).min(most)),
            Self::Stream(stream) if stream.is_endless() => Some(most),
            Self::Stream(stream) => stream.steps().map(|steps| steps.min(most)),
        }
    }

    /// How many samples there are, where all are in memory.
    pub(super) fn samples(&self) -> Option<usize> {
        if let Self::All(given) = self { Some(given.len()) } else { None }
    }
}
