//! How to judge a model: the arguments of `evaluate`, and what it does.

use super::given::samples_to_judge;
use super::own_step::Written;
use super::progress::{Progress, Verbose};
use super::scores::{Scores, check_batch_size, judge_each};
use super::trainer::Trainer;
use crate::error::{Error, Result};
use crate::given::Examples;
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
    /// The loss and metrics on examples, computed in batches of 32.
    ///
    /// # Errors
    /// If the arrays are not the model's.
    pub fn evaluate(&mut self, data: impl Examples) -> Result<Scores> {
        self.evaluate_with(data, Evaluate::new())
    }

    /// The loss and metrics on examples, computed in batches of this size.
    ///
    /// # Errors
    /// If the arrays are not the model's, or the batch size is zero.
    pub fn evaluate_batched(&mut self, data: impl Examples, batch_size: usize) -> Result<Scores> {
        self.evaluate_with(data, Evaluate::new().batch_size(batch_size))
    }

    /// The loss and metrics on examples, as the arguments say: `trainer.evaluate_with(&test, Evaluate::new().verbose(Verbose::Bar))`.
    ///
    /// # Errors
    /// If the arrays are not the model's, or the batch size or the number of steps is zero.
    pub fn evaluate_with(&mut self, data: impl Examples, evaluate: Evaluate) -> Result<Scores> {
        evaluate.check()?;
        let Evaluate { batch_size, steps, verbose } = evaluate;
        let (setup, mut tally) = self.take_setup()?;
        let all = samples_to_judge(self.model.graph(), &setup, &data)?;
        let samples = all.part(0..steps.map_or(all.len, |steps| steps.saturating_mul(batch_size).min(all.len)));
        check_batches(
            self.model,
            samples.len,
            batch_size.min(samples.len),
            "give batches a size that divides it, `evaluate_batched(data, ..)`",
        )?;
        let room = self.room.as_mut().map_err(|refusal| refusal.clone())?;
        let places = setup.alphabetical();
        let names = places.iter().map(|&place| setup.names[place].clone()).collect();
        let mut progress = Progress::of_call(verbose, names, Some(samples.len.div_ceil(batch_size)));
        judge_each(self.model, room, (&setup, &mut tally), &samples, batch_size, |step, tally| {
            progress.step(step, places.iter().map(|&place| tally.mean(place)));
        })?;
        progress.end(places.iter().map(|&place| Some(tally.mean(place))));
        let scores = Scores::new(&setup, &tally);
        self.put_setup((setup, tally));
        Ok(scores)
    }
}
