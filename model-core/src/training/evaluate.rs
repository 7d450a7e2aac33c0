//! How to judge a model: the arguments of `evaluate`, and what it does.

use std::fmt;

use super::flow::Flow;
use super::given::{Given, Judges};
use super::own_step::{OwnStep, Written};
use super::progress::{Progress, Verbose};
use super::room::Choice;
use super::scores::{Scores, check_batch_size};
use super::setup::Setup;
use super::step::judge;
use super::tally::Tally;
use super::trainer::Trainer;
use crate::callbacks::{Callback, Callbacks, Called, Course};
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
/// let same = Evaluate::new().batch_size(64).verbose(Verbose::Bar);
/// assert_eq!(format!("{evaluate:?}"), format!("{same:?}"));
/// ```
///
/// Source: <https://keras.io/api/models/model_training_apis/#evaluate-method>.
pub struct Evaluate<'a> {
    /// The samples of a batch. 32 by default. What is reported does not depend on it, but for rounding.
    pub batch_size: usize,
    /// How many batches are judged, from the first; all by default.
    pub steps: Option<usize>,
    /// What is printed. By default a bar on a terminal if it takes longer than half a second, and elsewhere nothing.
    pub verbose: Verbose,
    /// What is called as the batches are judged, in this order.
    pub callbacks: Callbacks<'a>,
}

impl Default for Evaluate<'_> {
    fn default() -> Self {
        Self { batch_size: 32, steps: None, verbose: Verbose::Auto, callbacks: Callbacks::new() }
    }
}

impl fmt::Debug for Evaluate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evaluate")
            .field("batch_size", &self.batch_size)
            .field("steps", &self.steps)
            .field("verbose", &self.verbose)
            .field("callbacks", &self.callbacks.names())
            .finish()
    }
}

impl<'a> Evaluate<'a> {
    /// All arguments as they are by default.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// In batches of so many samples.
    #[must_use]
    pub fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size, ..self }
    }

    /// By so many batches, from the first.
    #[must_use]
    pub fn steps(self, steps: usize) -> Self {
        Self { steps: Some(steps), ..self }
    }

    /// Printing this.
    #[must_use]
    pub fn verbose(self, verbose: Verbose) -> Self {
        Self { verbose, ..self }
    }

    /// With another callback, behind those that are there: by value, or `&mut callback` where it is looked at later. Its `on_test` hooks are
    /// called.
    #[must_use]
    pub fn callback(self, callback: impl Callback + 'a) -> Self {
        Self { callbacks: self.callbacks.with(callback), ..self }
    }

    fn check(&self) -> Result<()> {
        check_batch_size("evaluate", self.batch_size)?;
        if self.steps != Some(0) {
            return Ok(());
        }
        let (owner, argument, expected) = ("evaluate", "steps", "at least 1");
        Err(Error::Argument { owner, argument, expected, found: "0".to_owned() })
    }
}

/// What batches are judged with.
pub(super) struct Judgement<'j, 'c> {
    pub(super) setup: &'j Setup,
    pub(super) tally: &'j mut Tally,
    /// What is judged by, and what it is called in errors.
    pub(super) data: (&'j Judges<'j>, &'static str),
    /// The samples of a batch, where that is not said by a stream, and how many batches at most.
    pub(super) batches: (usize, usize),
    /// The names of what is reported, and the places of the values in the tally.
    pub(super) reported: (&'j [String], &'j [usize]),
    pub(super) called: &'j mut Called<'c>,
    /// Is told after each batch how many it were, and what they come to so far.
    pub(super) tell: &'j mut dyn FnMut(usize, &mut dyn Iterator<Item = f64>),
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
    /// If the arrays are not the model's, the batch size or the number of steps is zero, or a callback fails.
    pub fn evaluate_with(&mut self, data: impl Data, evaluate: Evaluate<'_>) -> Result<Scores> {
        self.together(|trainer| trainer.evaluate_own(data, evaluate))
    }

    fn evaluate_own(&mut self, data: impl Data, evaluate: Evaluate<'_>) -> Result<Scores> {
        evaluate.check()?;
        self.meet_once()?;
        let Evaluate { batch_size, steps, verbose, callbacks } = evaluate;
        let (setup, mut tally) = self.take_setup()?;
        let judges = Judges::new(self, &setup, &data)?;
        let most = steps.unwrap_or(usize::MAX);
        if let Some(samples) = judges.samples() {
            let samples = most.saturating_mul(batch_size).min(samples);
            let help = "give batches a size that divides it, `evaluate_batched(data, ..)`";
            check_batches(self.model, samples, batch_size.min(samples), help)?;
        }
        let (names, places) = self.judged(&setup);
        let (epochs, steps) = (self.epochs as usize, judges.steps(batch_size, most));
        let course = Course { epoch: epochs, epochs, steps, is_evaluation: true, ..Course::default() };
        let mut called = Called::new(callbacks, names.clone(), course);
        let mut progress = Progress::of_call(self.printed(verbose), names.clone(), steps);
        called.test_begin(self)?;
        self.judge(&mut Judgement {
            setup: &setup,
            tally: &mut tally,
            data: (&judges, "data"),
            batches: (batch_size, most),
            reported: (&names, &places),
            called: &mut called,
            tell: &mut |step, values| progress.step(step, values),
        })?;
        let mut values: Vec<Option<f64>> = self.judged_values(&tally, &places).map(Some).collect();
        called.test_end(self, &names, &mut values)?;
        progress.end(values.into_iter());
        progress.say(&mut called.course.said);
        let scores = Scores::new(names, self.judged_values(&tally, &places).collect());
        self.put_setup((setup, tally));
        Ok(scores)
    }

    /// What judging reports, and the places in the tally of what that has of it: of steps of one's own what they say, and the metrics.
    pub(super) fn judged(&self, setup: &Setup) -> (Vec<String>, Vec<usize>) {
        let places = if self.own.test.is_some() { setup.metric_places() } else { setup.alphabetical() };
        let own = self.own.test.iter().flat_map(OwnStep::names).cloned();
        (own.chain(places.iter().map(|&place| setup.names[place].clone())).collect(), places)
    }

    /// The values of that.
    pub(super) fn judged_values<'v>(&'v self, tally: &'v Tally, places: &'v [usize]) -> impl Iterator<Item = f64> + 'v {
        self.own.test.iter().flat_map(OwnStep::means).chain(places.iter().map(|&place| tally.mean(place)))
    }

    /// Judges no more than so many batches: of this size, or as a stream gives them. Begins anew what steps of one's own report.
    pub(super) fn judge(&mut self, judging: &mut Judgement<'_, '_>) -> Result<()> {
        let ((judges, of), (size, most)) = (judging.data, judging.batches);
        self.own.test.iter_mut().for_each(OwnStep::clear);
        match judges {
            Judges::All(given) => {
                let samples = given.len();
                for (batch, start) in (0..samples).step_by(size).take(most).enumerate() {
                    if !self.judge_batch(judging, batch, &given.part(start..start.saturating_add(size).min(samples)))? {
                        break;
                    }
                }
            }
            Judges::Stream(stream) => {
                if stream.is_endless() && most == usize::MAX {
                    return Err(Error::Endless { of });
                }
                let mut flow = Flow::new(*stream, of, Round { seed: self.seed, number: 0 });
                for batch in 0..most {
                    let Some(examples) = flow.next()? else { break };
                    let given = Given::to_judge(self, judging.setup, &*examples);
                    if !self.judge_batch(judging, batch, &given.map_err(|error| flow.place().refused(error))?)? {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// Judges a batch, and says whether to go on.
    fn judge_batch(&mut self, judging: &mut Judgement<'_, '_>, batch: usize, given: &Given<'_>) -> Result<bool> {
        let Judgement { setup, tally, reported: (names, places), called, tell, .. } = judging;
        called.test_batch_begin(self, batch)?;
        match given {
            Given::Planned(samples) => {
                let room = self.room.as_mut().map_err(|refusal| refusal.clone())?;
                judge(self.model, room, setup, tally, samples, self.ranks.as_ref())?;
            }
            Given::Own(samples) => self.own.test(self.model, (setup, tally), (samples, Choice::Range(0..samples.len())))?,
        }
        tell(batch + 1, &mut self.judged_values(tally, places));
        if called.has_any() {
            let mut values: Vec<Option<f64>> = self.judged_values(tally, places).map(Some).collect();
            called.test_batch_end(self, batch, (names, &mut values))?;
        }
        Ok(!(called.course.is_evaluation && called.course.is_stopping))
    }
}
