//! What the steps of a `fit` are taken on, one after the other: samples in memory, in their order, or the batches of a stream.

use super::fit::Fit;
use super::flow::{Flow, Place};
use super::given::{Given, described_stream};
use super::order::shuffle;
use super::room::Choice;
use crate::error::Result;
use crate::given::{Examples, Round, Stream};

/// What steps are taken on. It follows from the seed and the place in training alone, so that training goes on as if it had not stopped.
pub(super) enum Feed<'p> {
    Samples(Box<Samples<'p>>),
    Stream(Streamed<'p>),
}

/// Samples in memory.
pub(super) struct Samples<'p> {
    given: Given<'p>,
    batch_size: usize,
    seed: u64,
    /// The steps that go through them once, and those of an epoch.
    steps: (usize, usize),
    /// Their order, and the round through them that it is of, where they are shuffled.
    places: Vec<usize>,
    round: Option<u64>,
}

/// The batches of a stream.
pub(super) struct Streamed<'p> {
    flow: Flow<'p>,
    /// The steps of an epoch, where the next goes on where one has ended. Otherwise each is a round.
    per_epoch: Option<usize>,
    /// Those of a round, where it is known.
    of_round: Option<usize>,
    /// How many batches have been given since the first epoch, where epochs go on.
    given: Option<u64>,
}

/// A batch to take a step on.
pub(super) enum Batch<'b> {
    Chosen(&'b Given<'b>, Choice<'b>),
    Given(Box<dyn Examples + 'b>, Place),
}

impl<'p> Feed<'p> {
    /// Samples in memory.
    pub(super) fn samples(given: Given<'p>, fit: &Fit<'_>) -> Self {
        let once = fit.epoch_samples(given.len()).div_ceil(fit.batch_size);
        let places = vec![0; if fit.shuffle { given.len() } else { 0 }];
        let steps = (once, fit.steps_per_epoch.unwrap_or(once));
        Self::Samples(Box::new(Samples { given, batch_size: fit.batch_size, seed: 0, steps, places, round: None }))
    }

    /// The batches of a stream.
    pub(super) fn stream(stream: &'p dyn Stream, fit: &Fit<'_>) -> Self {
        let flow = Flow::new(stream, "training data", Round::default());
        Self::Stream(Streamed { flow, per_epoch: fit.steps_per_epoch, of_round: stream.steps(), given: None })
    }

    /// The steps of an epoch, unless it ends where a stream does.
    pub(super) fn steps(&self) -> Option<usize> {
        match self {
            Self::Samples(samples) => Some(samples.steps.1),
            Self::Stream(streamed) => streamed.per_epoch.or(streamed.of_round),
        }
    }

    /// What it is, in words.
    pub(super) fn described(&self) -> String {
        match self {
            Self::Samples(samples) => samples.given.described(),
            Self::Stream(streamed) => described_stream(streamed.of_round),
        }
    }

    /// Goes to the place of training before a step of an epoch.
    pub(super) fn go_to(&mut self, seed: u64, epoch: u64, step: usize) -> Result<()> {
        match self {
            Self::Samples(samples) => {
                samples.seed = seed;
                Ok(())
            }
            Self::Stream(streamed) => streamed.go_to(seed, epoch, step),
        }
    }

    /// The batch of a step, unless the epoch is over.
    pub(super) fn batch(&mut self, epoch: u64, step: usize) -> Result<Option<Batch<'_>>> {
        match self {
            Self::Samples(samples) => Ok((step < samples.steps.1).then(|| samples.batch(epoch, step))),
            Self::Stream(streamed) => Ok(streamed.batch(step)?.map(|batch| Batch::Given(batch, streamed.flow.place()))),
        }
    }
}

impl Samples<'_> {
    fn batch(&mut self, epoch: u64, step: usize) -> Batch<'_> {
        let (once, per_epoch) = self.steps;
        let from_start = epoch * per_epoch as u64 + step as u64;
        let number = from_start / once as u64;
        if !self.places.is_empty() && self.round != Some(number) {
            shuffle(&mut self.places, Round { seed: self.seed, number });
            self.round = Some(number);
        }
        let start = (from_start % once as u64) as usize * self.batch_size;
        let range = start..start.saturating_add(self.batch_size).min(self.given.len());
        let choice = if self.places.is_empty() { Choice::Range(range) } else { Choice::Places(&self.places[range]) };
        Batch::Chosen(&self.given, choice)
    }
}

impl<'p> Streamed<'p> {
    fn go_to(&mut self, seed: u64, epoch: u64, step: usize) -> Result<()> {
        match (self.per_epoch, self.of_round) {
            (None, _) => self.flow.go_to(Round { seed, number: epoch }, step),
            (Some(per_epoch), of_round) => {
                let from_start = epoch.saturating_mul(per_epoch as u64).saturating_add(step as u64);
                if self.given.replace(from_start) == Some(from_start) {
                    return Ok(());
                }
                let of_round = of_round.map_or(u64::MAX, |steps| steps.max(1) as u64);
                self.flow.go_to(Round { seed, number: from_start / of_round }, 0)?;
                (0..from_start % of_round).try_for_each(|_| self.flow.next_of_any_round().map(drop))
            }
        }
    }

    fn batch(&mut self, step: usize) -> Result<Option<Box<dyn Examples + 'p>>> {
        match self.per_epoch {
            Some(steps) if step >= steps => Ok(None),
            Some(_) => {
                self.given = self.given.map(|given| given + 1);
                self.flow.next_of_any_round()
            }
            None => self.flow.next(),
        }
    }
}
