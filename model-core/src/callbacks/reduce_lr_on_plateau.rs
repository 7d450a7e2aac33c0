//! Smaller steps when nothing becomes better any more.

use super::monitor::{Monitor, monitored};
use super::{Callback, Logs, Outcome, Training};
use crate::error::Error;

/// Lowers the learning rate when what is watched has not become better for some epochs. The logs get `learning_rate`, that of the epoch.
///
/// ```
/// use model_core::callbacks::ReduceLROnPlateau;
///
/// let plateau = ReduceLROnPlateau::new().monitor("loss").factor(0.2).patience(5).min_lr(1e-5);
/// # let _ = plateau;
/// ```
///
/// Source: <https://keras.io/api/callbacks/reduce_lr_on_plateau/>.
#[derive(Clone, Debug)]
pub struct ReduceLROnPlateau {
    monitor: Monitor,
    factor: f64,
    patience: usize,
    cooldown: usize,
    min_lr: f64,
    verbose: bool,
    wait: usize,
    cooldown_left: usize,
}

impl ReduceLROnPlateau {
    /// As Keras's defaults are: a tenth of the rate behind 10 epochs in which `val_loss` has not become better.
    #[must_use]
    pub fn new() -> Self {
        let mut monitor = Monitor::new("val_loss".to_owned());
        monitor.min_delta = 1e-4;
        let (factor, patience, cooldown, min_lr, verbose) = (0.1, 10, 0, 0.0, false);
        Self { monitor, factor, patience, cooldown, min_lr, verbose, wait: 0, cooldown_left: 0 }
    }

    /// What the rate is multiplied by, from 0 to below 1; 0.1 by default.
    #[must_use]
    pub const fn factor(mut self, factor: f64) -> Self {
        self.factor = factor;
        self
    }

    /// So many epochs without anything better are waited for; 10 by default.
    #[must_use]
    pub const fn patience(mut self, patience: usize) -> Self {
        self.patience = patience;
        self
    }

    /// By how much a value must be better than the best before; 0.0001 by default.
    #[must_use]
    pub fn min_delta(mut self, min_delta: f64) -> Self {
        self.monitor.min_delta = min_delta.abs();
        self
    }

    /// So many epochs behind a change are not counted; 0 by default.
    #[must_use]
    pub const fn cooldown(mut self, cooldown: usize) -> Self {
        self.cooldown = cooldown;
        self
    }

    /// The least rate; 0 by default.
    #[must_use]
    pub const fn min_lr(mut self, min_lr: f64) -> Self {
        self.min_lr = min_lr;
        self
    }

    fn reduce(&mut self, epoch: usize, training: &mut Training<'_>) -> Outcome {
        let rate = training.learning_rate();
        if rate <= self.min_lr {
            return Ok(());
        }
        let lower = (rate * self.factor).max(self.min_lr);
        training.set_learning_rate(lower)?;
        if self.verbose {
            training.say(format!("Epoch {}: ReduceLROnPlateau reducing learning rate to {lower}.", epoch + 1));
        }
        (self.cooldown_left, self.wait) = (self.cooldown, 0);
        Ok(())
    }
}

monitored!(ReduceLROnPlateau);

impl Default for ReduceLROnPlateau {
    fn default() -> Self {
        Self::new()
    }
}

impl Callback for ReduceLROnPlateau {
    fn reports(&self) -> Vec<String> {
        vec!["learning_rate".to_owned()]
    }

    fn on_train_begin(&mut self, training: &mut Training<'_>) -> Outcome {
        if !(0.0..1.0).contains(&self.factor) {
            let (owner, argument, found) = ("ReduceLROnPlateau", "factor", self.factor.to_string());
            return Err(Error::Argument { owner, argument, expected: "a number from 0 to below 1", found }.into());
        }
        (self.wait, self.cooldown_left) = (0, 0);
        self.monitor.begin("ReduceLROnPlateau", None, training)
    }

    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        logs.set("learning_rate", training.learning_rate());
        let Some(value) = self.monitor.value(logs) else { return Ok(()) };
        if self.cooldown_left > 0 {
            (self.cooldown_left, self.wait) = (self.cooldown_left - 1, 0);
        }
        if self.monitor.improves(value) {
            self.wait = 0;
        } else if self.cooldown_left == 0 {
            self.wait += 1;
            if self.wait >= self.patience {
                return self.reduce(epoch, training);
            }
        }
        Ok(())
    }
}
