//! Callbacks that are lent.

use ndarray::ArrayViewD;

use super::{Callback, Logs, Outcome, Training};
use crate::error::Error;

/// One that is looked at again later.
impl<C: Callback + ?Sized> Callback for &mut C {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn reports(&self) -> Vec<String> {
        (**self).reports()
    }

    fn on_train_begin(&mut self, training: &mut Training<'_>) -> Outcome {
        (**self).on_train_begin(training)
    }

    fn on_train_end(&mut self, training: &mut Training<'_>) -> Outcome {
        (**self).on_train_end(training)
    }

    fn on_epoch_begin(&mut self, epoch: usize, training: &mut Training<'_>) -> Outcome {
        (**self).on_epoch_begin(epoch, training)
    }

    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        (**self).on_epoch_end(epoch, logs, training)
    }

    fn on_train_batch_begin(&mut self, step: usize, training: &mut Training<'_>) -> Outcome {
        (**self).on_train_batch_begin(step, training)
    }

    fn on_train_batch_end(&mut self, step: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        (**self).on_train_batch_end(step, logs, training)
    }

    fn on_test_begin(&mut self, training: &mut Training<'_>) -> Outcome {
        (**self).on_test_begin(training)
    }

    fn on_test_end(&mut self, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        (**self).on_test_end(logs, training)
    }

    fn on_test_batch_begin(&mut self, batch: usize, training: &mut Training<'_>) -> Outcome {
        (**self).on_test_batch_begin(batch, training)
    }

    fn on_test_batch_end(&mut self, batch: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        (**self).on_test_batch_end(batch, logs, training)
    }

    fn on_predict_begin(&mut self) -> Outcome {
        (**self).on_predict_begin()
    }

    fn on_predict_end(&mut self) -> Outcome {
        (**self).on_predict_end()
    }

    fn on_predict_batch_begin(&mut self, batch: usize) -> Outcome {
        (**self).on_predict_batch_begin(batch)
    }

    fn on_predict_batch_end(&mut self, batch: usize, outputs: &[ArrayViewD<'_, f32>]) -> Outcome {
        (**self).on_predict_batch_end(batch, outputs)
    }

    fn accepts(&mut self, error: &Error) -> bool {
        (**self).accepts(error)
    }
}
