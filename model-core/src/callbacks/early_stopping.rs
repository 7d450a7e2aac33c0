//! Stops when nothing becomes better any more.

use super::monitor::{Monitor, monitored};
use super::{Callback, Logs, Outcome, Snapshot, Training};

/// Stops training when what is watched has not become better for some epochs.
///
/// ```
/// use model_core::callbacks::EarlyStopping;
/// use model_core::training::Fit;
///
/// let mut stopping = EarlyStopping::new().monitor("val_accuracy").patience(3).restore_best_weights(true);
/// let fit = Fit::epochs(100).callback(&mut stopping);
/// # drop(fit);
/// assert_eq!(stopping.stopped_epoch(), None);
/// ```
///
/// Source: <https://keras.io/api/callbacks/early_stopping/>.
#[derive(Clone, Debug)]
pub struct EarlyStopping {
    monitor: Monitor,
    patience: usize,
    baseline: Option<f64>,
    restore_best_weights: bool,
    start_from_epoch: usize,
    verbose: bool,
    wait: usize,
    best_weights: Option<Snapshot>,
    best_epoch: usize,
    stopped_epoch: Option<usize>,
}

impl EarlyStopping {
    /// As Keras's defaults are: it watches `val_loss`, and stops at the first epoch that is not better.
    #[must_use]
    pub fn new() -> Self {
        Self {
            monitor: Monitor::new("val_loss".to_owned()),
            patience: 0,
            baseline: None,
            restore_best_weights: false,
            start_from_epoch: 0,
            verbose: false,
            wait: 0,
            best_weights: None,
            best_epoch: 0,
            stopped_epoch: None,
        }
    }

    /// By how much a value must be better than the best before; 0 by default.
    #[must_use]
    pub fn min_delta(mut self, min_delta: f64) -> Self {
        self.monitor.min_delta = min_delta.abs();
        self
    }

    /// So many epochs without anything better are waited for; 0 by default.
    #[must_use]
    pub const fn patience(mut self, patience: usize) -> Self {
        self.patience = patience;
        self
    }

    /// Where a value is better than the best before, but not than this, patience runs on.
    #[must_use]
    pub const fn baseline(mut self, baseline: f64) -> Self {
        self.baseline = Some(baseline);
        self
    }

    /// Whether the model ends with the weights of the end of its best epoch, also where it was never stopped. False by default.
    #[must_use]
    pub const fn restore_best_weights(mut self, restore_best_weights: bool) -> Self {
        self.restore_best_weights = restore_best_weights;
        self
    }

    /// So many epochs at the start are not looked at; 0 by default.
    #[must_use]
    pub const fn start_from_epoch(mut self, start_from_epoch: usize) -> Self {
        self.start_from_epoch = start_from_epoch;
        self
    }

    /// The epoch behind which it stopped, from 0, if it did.
    #[must_use]
    pub const fn stopped_epoch(&self) -> Option<usize> {
        self.stopped_epoch
    }

    /// The best value, if there was one.
    #[must_use]
    pub const fn best(&self) -> Option<f64> {
        self.monitor.best()
    }

    /// The epoch of the best value, from 0.
    #[must_use]
    pub const fn best_epoch(&self) -> usize {
        self.best_epoch
    }
}

monitored!(EarlyStopping);

impl Default for EarlyStopping {
    fn default() -> Self {
        Self::new()
    }
}

impl Callback for EarlyStopping {
    fn on_train_begin(&mut self, training: &mut Training<'_>) -> Outcome {
        (self.wait, self.best_weights, self.best_epoch, self.stopped_epoch) = (0, None, 0, None);
        self.monitor.begin("EarlyStopping", None, training)
    }

    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        let Some(value) = self.monitor.value(logs).filter(|_| epoch >= self.start_from_epoch) else { return Ok(()) };
        self.wait += 1;
        if self.monitor.improves(value) {
            self.best_epoch = epoch;
            if self.restore_best_weights {
                self.best_weights = Some(training.snapshot());
            }
            if self.baseline.is_none_or(|baseline| self.monitor.is_better(value, baseline)) {
                self.wait = 0;
            }
        } else if self.wait >= self.patience && epoch > 0 {
            self.stopped_epoch = Some(epoch);
            training.stop();
        }
        Ok(())
    }

    fn on_train_end(&mut self, training: &mut Training<'_>) -> Outcome {
        if let Some(epoch) = self.stopped_epoch.filter(|_| self.verbose) {
            training.say(format!("Epoch {}: early stopping", epoch + 1));
        }
        if let Some(best) = self.best_weights.take() {
            if self.verbose {
                training.say(format!("Restoring model weights from the end of the best epoch: {}.", self.best_epoch + 1));
            }
            training.restore(&best);
        }
        Ok(())
    }
}
