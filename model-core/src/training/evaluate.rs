//! How to judge a model: the arguments of `evaluate`, and what it does.

use super::flow::Flow;
use super::given::Judges;
use super::own_step::{OwnStep, Written};
use super::progress::{Progress, Verbose};
use super::room::Choice;
use super::scores::{Scores, check_batch_size};
use super::setup::Setup;
use super::step::judge;
use super::tally::Tally;
use super::trainer::Trainer;
use crate::error::{Error, Result};
use crate::given::{Data, Round};
use crate::network::Trainable;
use crate::states::check_batches;

/// How to judge a model: Keras's arguments of `evaluate`, as a record or built up.
///
/// ```
/// use model_core::training::{Evaluate, Verbose};
///
/// let evaluate = Evaluate { batch_size: 64, verbose: Verbose::Bar, ..Evaluate::default() };
/// assert_eq!(Evaluate::new().batch_size(64).verbose(Verbose::Bar), evaluate);
/// ```
///
/// Source: <https://keras.io/api/models/model_training_apis/#evaluate-method>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evaluate {
    /// The samples of a batch. 32 by default. What is reported does not depend on it, but for rounding.
    pub batch_size: usize,
    /// How many batches are judged, from the first; all by default.
    pub steps: Option<usize>,
    /// What is printed. By default a bar on a terminal if it takes longer than half a second, and elsewhere nothing.
    pub verbose: Verbose,
}

impl Default for Evaluate {
    fn default() -> Self {
        Self { batch_size: 32, steps: None, verbose: Verbose::Auto }
    }
}

impl Evaluate {
    /// All arguments as they are by default.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// In batches of so many samples.
    #[must_use]
    pub const fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size, ..self }
    }

    /// By so many batches, from the first.
    #[must_use]
    pub const fn steps(self, steps: usize) -> Self {
        Self { steps: Some(steps), ..self }
    }

    /// Printing this.
    #[must_use]
    pub const fn verbose(self, verbose: Verbose) -> Self {
        Self { verbose, ..self }
    }

    fn check(self) -> Result<()> {
        check_batch_size("evaluate", self.batch_size)?;
        if self.steps != Some(0) {
            return Ok(());
        }
        let (owner, argument, expected) = ("evaluate", "steps", "at least 1");
        Err(Error::Argument { owner, argument, expected, found: "0".to_owned() })
    }
}

impl<N: Trainable<f32>, S: Written<N>> Trainer<'_, N, S> {
    /// The loss and metrics on examples, computed in batches of 32, or on a stream.
    ///
    /// # Errors
    /// If the arrays are not the model's.
    pub fn evaluate(&mut self, data: impl Data) -> Result<Scores> {
        self.evaluate_with(data, Evaluate::new())
    }

    /// The same in batches of this size. A stream has its own.
    ///
    /// # Errors
    /// If the arrays are not the model's, or the batch size is zero.
    pub fn evaluate_batched(&mut self, data: impl Data, batch_size: usize) -> Result<Scores> {
        self.evaluate_with(data, Evaluate::new().batch_size(batch_size))
    }

    /// The loss and metrics on examples, as the arguments say: `trainer.evaluate_with(&test, Evaluate::new().verbose(Verbose::Bar))`.
    ///
    /// # Errors
    /// If the arrays are not the model's, or the batch size or the number of steps is zero.
    pub fn evaluate_with(&mut self, data: impl Data, evaluate: Evaluate) -> Result<Scores> {
        evaluate.check()?;
        let Evaluate { batch_size, steps, verbose } = evaluate;
        let (setup, mut tally) = self.take_setup()?;
        let judges = Judges::new(self, &setup, &data)?;
        let most = steps.unwrap_or(usize::MAX);
        if let Some(samples) = judges.samples() {
            let samples = most.saturating_mul(batch_size).min(samples);
            check_batches(
                self.model,
                samples,
                batch_size.min(samples),
                "give batches a size that divides it, `evaluate_batched(data, ..)`",
            )?;
        }
        let (names, places) = self.judged(&setup);
        let mut progress = Progress::of_call(verbose, names.clone(), judges.steps(batch_size, most));
        self.judge(&setup, &mut tally, (&judges, "data"), (batch_size, most), |step, values| {
            progress.step(step, values.iter().copied());
        })?;
        let values = self.judged_values(&tally, &places);
        progress.end(values.iter().copied().map(Some));
        self.put_setup((setup, tally));
        Ok(Scores::new(names, values))
    }

    /// What judging reports, and the places in the tally of what that has of it: of steps of one's own what they say, and the metrics.
    pub(super) fn judged(&self, setup: &Setup) -> (Vec<String>, Vec<usize>) {
        let places = if self.own.test.is_some() { setup.metric_places() } else { setup.alphabetical() };
        let own = self.own.test.iter().flat_map(OwnStep::names).cloned();
        (own.chain(places.iter().map(|&place| setup.names[place].clone())).collect(), places)
    }

    /// The values of that.
    pub(super) fn judged_values(&self, tally: &Tally, places: &[usize]) -> Vec<f64> {
        self.own.test.iter().flat_map(OwnStep::means).chain(places.iter().map(|&place| tally.mean(place))).collect()
    }

    /// Judges no more than so many batches: of this size, or as a stream gives them. Tells after each how many it were, and what they come to so far.
    /// Begins anew what steps of one's own report.
    pub(super) fn judge(
        &mut self,
        setup: &Setup,
        tally: &mut Tally,
        (judges, of): (&Judges<'_>, &'static str),
        (size, most): (usize, usize),
        mut tell: impl FnMut(usize, &[f64]),
    ) -> Result<()> {
        self.own.test.iter_mut().for_each(OwnStep::clear);
        let (_, places) = self.judged(setup);
        match judges {
            Judges::Samples(_) | Judges::Own(_) => {
                let samples = judges.samples().unwrap_or_default();
                for (batch, start) in (0..samples).step_by(size).take(most).enumerate() {
                    self.judge_batch(setup, tally, &judges.part(start..start.saturating_add(size).min(samples)))?;
                    tell(batch + 1, &self.judged_values(tally, &places));
                }
            }
            Judges::Stream(stream) => {
                if stream.is_endless() && most == usize::MAX {
                    return Err(Error::Endless { of });
                }
                let mut flow = Flow::new(*stream, of, Round { seed: self.seed, number: 0 });
                for batch in 0..most {
                    let Some(examples) = flow.next()? else { break };
                    let samples = Judges::of_examples(self, setup, &*examples).map_err(|error| flow.place().refused(error))?;
                    self.judge_batch(setup, tally, &samples)?;
                    tell(batch + 1, &self.judged_values(tally, &places));
                }
            }
        }
        Ok(())
    }

    /// Judges a batch.
    fn judge_batch(&mut self, setup: &Setup, tally: &mut Tally, batch: &Judges<'_>) -> Result<()> {
        match batch {
            Judges::Samples(samples) => {
                let room = self.room.as_mut().map_err(|refusal| refusal.clone())?;
                judge(self.model, room, setup, tally, samples)
            }
            Judges::Own(samples) => self.own.test(self.model, (setup, tally), (samples, Choice::Range(0..samples.len()))),
            Judges::Stream(_) => Ok(()), // which is no batch
        }
    }
}
