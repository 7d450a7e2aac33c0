//! Taking steps of one's own batch by batch, and what they come to.

use super::batch::StepBatch;
use super::samples::OwnSamples;
use super::{TestStep, TrainStep, Written};
use crate::error::{Error, Result};
use crate::network::Trainable;
use crate::optimizers::BuiltOptimizer;
use crate::training::room::{Choice, Gathered};
use crate::training::setup::Setup;
use crate::training::tally::Tally;
use crate::variable::Tape;

/// The steps of a trainer that are the user's own.
pub(crate) struct OwnSteps<S> {
    pub(super) run: S,
    /// Those of training, if they are.
    pub(in crate::training) train: Option<OwnStep>,
    /// Those of judging.
    pub(in crate::training) test: Option<OwnStep>,
}

/// What steps of one's own report, as it comes together.
pub(in crate::training) struct OwnStep {
    /// What they report.
    names: Vec<String>,
    /// The sums of it over the samples so far, and how many those are.
    sums: Vec<f64>,
    samples: usize,
    /// The steps so far, which random choices follow from.
    steps: u64,
    /// The tape of the last step and the seed that it follows from.
    tape: Option<(u64, Tape)>,
    gathered: Gathered,
}

impl OwnSteps<()> {
    /// None: the trainer takes its own.
    pub(in crate::training) const fn none() -> Self {
        Self { run: (), train: None, test: None }
    }
}

impl<S> OwnSteps<S> {
    /// Takes a step of training: the first of what is reported of it.
    pub(in crate::training) fn train<N: Trainable<f32>>(
        &mut self,
        model: &mut N,
        optimizer: &mut BuiltOptimizer,
        (setup, tally): (&Setup, &mut Tally),
        (all, choice): (&OwnSamples<'_>, Choice<'_>),
        seed: u64,
    ) -> Result<f64>
    where
        S: Written<N>,
    {
        let Self { run, train: Some(own), .. } = self else { return Ok(0.0) };
        let tape = match own.tape.take() {
            Some((of, tape)) if of == seed => tape.next_step(),
            _ => Tape::of_step(seed, own.steps),
        };
        own.tape = Some((seed, tape.clone()));
        let (len, batch) = own.batch((setup, tally), (all, choice), tape)?;
        let mut step = TrainStep { model, optimizer, batch };
        let values = run.train(&mut step)?;
        step.batch.check_metrics()?;
        own.add(len, &values);
        Ok(values.first().copied().unwrap_or_default())
    }

    /// Takes a step of judging.
    pub(in crate::training) fn test<N: Trainable<f32>>(
        &mut self,
        model: &N,
        (setup, tally): (&Setup, &mut Tally),
        (all, choice): (&OwnSamples<'_>, Choice<'_>),
    ) -> Result<()>
    where
        S: Written<N>,
    {
        let Self { run, test: Some(own), .. } = self else { return Ok(()) };
        let (len, batch) = own.batch((setup, tally), (all, choice), Tape::of_thread(None))?;
        let mut step = TestStep { model, batch };
        let values = run.test(&mut step)?;
        step.batch.check_metrics()?;
        own.add(len, &values);
        Ok(())
    }
}

impl StepBatch<'_> {
    /// Checks that a step has counted the metrics, if there are any.
    fn check_metrics(&self) -> Result<()> {
        if self.setup.has_metrics() && !self.has_metrics { Err(Error::NoMetrics) } else { Ok(()) }
    }
}

impl OwnStep {
    /// Steps that report these, of which so many have been taken.
    pub(super) fn new<const K: usize>(names: [&str; K], steps: u64) -> Self {
        let names = names.map(str::to_owned).into();
        Self { names, sums: vec![0.0; K], samples: 0, steps, tape: None, gathered: Gathered::default() }
    }

    /// What they report.
    pub(in crate::training) fn names(&self) -> &[String] {
        &self.names
    }

    /// The means of what they have reported since they were cleared.
    pub(in crate::training) fn means(&self) -> impl Iterator<Item = f64> {
        self.sums.iter().map(|sum| if self.samples == 0 { 0.0 } else { sum / self.samples as f64 })
    }

    pub(in crate::training) fn clear(&mut self) {
        self.sums.fill(0.0);
        self.samples = 0;
    }

    /// A batch for a step, and how many samples it has.
    fn batch<'s>(
        &mut self,
        (setup, tally): (&'s Setup, &'s mut Tally),
        (all, choice): (&OwnSamples<'_>, Choice<'_>),
        tape: Tape,
    ) -> Result<(usize, StepBatch<'s>)> {
        let (len, [inputs, targets, weights]) = all.batch(&mut self.gathered, choice, &tape)?;
        Ok((len, StepBatch { tape, inputs, targets, weights, setup, tally, has_metrics: false }))
    }

    fn add(&mut self, samples: usize, values: &[f64]) {
        self.steps += 1;
        self.samples += samples;
        self.sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value * samples as f64);
    }
}
