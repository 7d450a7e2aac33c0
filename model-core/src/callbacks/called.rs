//! Calls the callbacks of a `fit` or an evaluation, one after the other, and tells which one failed.

use super::training::Course;
use super::{Callback, Callbacks, Logs, Outcome, Trained, Training};
use crate::error::{Error, Result};

/// The callbacks of a `fit` or an evaluation, and how it goes.
pub(crate) struct Called<'c> {
    callbacks: Callbacks<'c>,
    pub(crate) course: Course,
    /// The names in the logs of an epoch.
    names: Vec<String>,
    /// The values of the last logs.
    values: Vec<Option<f64>>,
    /// The step of the epoch, from 0, where one is being taken; of an evaluation, the batch.
    step: Option<usize>,
}

impl<'c> Called<'c> {
    /// Callbacks, of training that reports these names; what they report follows.
    pub(crate) fn new(callbacks: Callbacks<'c>, mut names: Vec<String>, course: Course) -> Self {
        for name in callbacks.0.iter().flat_map(|callback| callback.reports()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Self { callbacks, course, values: Vec::with_capacity(names.len()), names, step: None }
    }

    /// Whether there are any.
    pub(crate) const fn has_any(&self) -> bool {
        !self.callbacks.0.is_empty()
    }

    /// What an epoch reports, with what callbacks add.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn train_begin(&mut self, trainer: &mut dyn Trained) -> Result<()> {
        self.each(trainer, |callback, training| callback.on_train_begin(training))
    }

    pub(crate) fn train_end(&mut self, trainer: &mut dyn Trained) -> Result<()> {
        self.each(trainer, |callback, training| callback.on_train_end(training))
    }

    pub(crate) fn epoch_begin(&mut self, trainer: &mut dyn Trained) -> Result<()> {
        let epoch = self.course.epoch;
        self.each(trainer, |callback, training| callback.on_epoch_begin(epoch, training))
    }

    /// The end of an epoch with these values: all values, with what callbacks have added.
    pub(crate) fn epoch_end(
        &mut self,
        trainer: &mut dyn Trained,
        values: impl Iterator<Item = Option<f64>>,
    ) -> Result<&[Option<f64>]> {
        self.values.clear();
        self.values.extend(values);
        self.values.resize(self.names.len(), None);
        let epoch = self.course.epoch;
        self.each_told(trainer, self.names.len(), |callback, logs, training| callback.on_epoch_end(epoch, logs, training))?;
        Ok(&self.values)
    }

    pub(crate) fn step_begin(&mut self, trainer: &mut dyn Trained, step: usize) -> Result<()> {
        self.step = Some(step);
        self.each(trainer, |callback, training| callback.on_train_batch_begin(step, training))
    }

    /// Takes down what the next logs tell.
    pub(crate) fn tell(&mut self, values: impl Iterator<Item = f64>) {
        self.values.clear();
        self.values.extend(values.map(Some));
    }

    /// Behind a step, of which the values have been told.
    pub(crate) fn step_end(&mut self, trainer: &mut dyn Trained, step: usize) -> Result<()> {
        self.each_told(trainer, self.values.len(), |callback, logs, training| callback.on_train_batch_end(step, logs, training))?;
        self.step = None;
        Ok(())
    }

    pub(crate) fn test_begin(&mut self, trainer: &mut dyn Trained) -> Result<()> {
        self.each(trainer, |callback, training| callback.on_test_begin(training))
    }

    /// The end of a validation or an evaluation, whose names and values these are.
    pub(crate) fn test_end(&mut self, trainer: &mut dyn Trained, names: &[String], values: &mut [Option<f64>]) -> Result<()> {
        self.each(trainer, |callback, training| callback.on_test_end(&mut Logs::new(names, values), training))
    }

    /// Before a batch that is judged.
    pub(crate) fn test_batch_begin(&mut self, trainer: &mut dyn Trained, batch: usize) -> Result<()> {
        self.step = self.course.is_evaluation.then_some(batch);
        self.each(trainer, |callback, training| callback.on_test_batch_begin(batch, training))
    }

    /// Behind a batch that is judged, with the names and values so far.
    pub(crate) fn test_batch_end(
        &mut self,
        trainer: &mut dyn Trained,
        batch: usize,
        (names, values): (&[String], &mut [Option<f64>]),
    ) -> Result<()> {
        self.each(trainer, |callback, training| callback.on_test_batch_end(batch, &mut Logs::new(names, values), training))?;
        self.step = None;
        Ok(())
    }

    /// Whether one of them has training end well for all that.
    pub(crate) fn accept(&mut self, error: &Error) -> bool {
        self.callbacks.0.iter_mut().any(|callback| callback.accepts(error))
    }

    fn each(
        &mut self,
        trainer: &mut dyn Trained,
        mut call: impl FnMut(&mut dyn Callback, &mut Training<'_>) -> Outcome,
    ) -> Result<()> {
        self.each_told(trainer, 0, |callback, _, training| call(callback, training))
    }

    /// Calls each, which are told the first so many values.
    fn each_told(
        &mut self,
        trainer: &mut dyn Trained,
        told: usize,
        mut call: impl FnMut(&mut dyn Callback, &mut Logs<'_>, &mut Training<'_>) -> Outcome,
    ) -> Result<()> {
        let Self { callbacks, course, names, values, step } = self;
        for callback in &mut callbacks.0 {
            let mut training = Training { trainer: &mut *trainer, course: &mut *course, names };
            let told = told.min(values.len());
            let outcome = call(&mut **callback, &mut Logs::new(&names[..told], &mut values[..told]), &mut training);
            outcome.map_err(|source| Error::Callback {
                callback: callback.name().to_owned(),
                epoch: (!course.is_evaluation).then_some(course.epoch + 1),
                step: step.map(|step| step + 1),
                source,
            })?;
        }
        Ok(())
    }
}
