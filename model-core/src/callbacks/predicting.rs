//! Calls callbacks as a model predicts.

use ndarray::ArrayViewD;

use super::{Callback, Callbacks, Outcome};
use crate::error::{Error, Result};

/// The callbacks of a prediction, and how far it is.
#[derive(Default)]
pub(crate) struct Predicting<'c> {
    callbacks: Callbacks<'c>,
    /// The batches so far.
    batches: usize,
}

impl<'c> Predicting<'c> {
    pub(crate) const fn new(callbacks: Callbacks<'c>) -> Self {
        Self { callbacks, batches: 0 }
    }

    /// Whether there are any.
    pub(crate) const fn has_any(&self) -> bool {
        !self.callbacks.0.is_empty()
    }

    pub(crate) fn begin(&mut self) -> Result<()> {
        self.each(None, |callback| callback.on_predict_begin())
    }

    pub(crate) fn batch_begin(&mut self) -> Result<()> {
        let batch = self.batches;
        self.each(Some(batch), |callback| callback.on_predict_batch_begin(batch))
    }

    /// Behind a batch, for which the model gave this.
    pub(crate) fn batch_end(&mut self, outputs: &[ArrayViewD<'_, f32>]) -> Result<()> {
        let batch = self.batches;
        self.batches += 1;
        self.each(Some(batch), |callback| callback.on_predict_batch_end(batch, outputs))
    }

    pub(crate) fn end(&mut self) -> Result<()> {
        self.each(None, |callback| callback.on_predict_end())
    }

    fn each(&mut self, batch: Option<usize>, mut call: impl FnMut(&mut dyn Callback) -> Outcome) -> Result<()> {
        self.callbacks.0.iter_mut().try_for_each(|callback| {
            let step = batch.map(|batch| batch + 1);
            call(&mut **callback).map_err(|source| Error::Callback {
                callback: callback.name().to_owned(),
                epoch: None,
                step,
                source,
            })
        })
    }
}
