//! A learning rate for each epoch.

use super::{Callback, Logs, Outcome, Training};

/// Sets the learning rate at the start of every epoch to what a function gives for the epoch, from 0, and the rate so far. The logs get
/// `learning_rate`.
///
/// ```
/// use model_core::callbacks::LearningRateScheduler;
///
/// let halved = LearningRateScheduler::new(|epoch, rate| if epoch < 10 { rate } else { rate / 2.0 });
/// # let _ = halved;
/// ```
///
/// Source: <https://keras.io/api/callbacks/learning_rate_scheduler/>.
#[derive(Clone, Debug)]
pub struct LearningRateScheduler<F> {
    schedule: F,
    verbose: bool,
}

impl<F: FnMut(usize, f64) -> f64> LearningRateScheduler<F> {
    /// By a function of the epoch and the rate so far.
    #[must_use]
    pub const fn new(schedule: F) -> Self {
        Self { schedule, verbose: false }
    }

    /// Whether it says what it sets. False by default.
    #[must_use]
    pub fn verbose(self, verbose: bool) -> Self {
        Self { verbose, ..self }
    }
}

impl<F: FnMut(usize, f64) -> f64> Callback for LearningRateScheduler<F> {
    fn reports(&self) -> Vec<String> {
        vec!["learning_rate".to_owned()]
    }

    fn on_epoch_begin(&mut self, epoch: usize, training: &mut Training<'_>) -> Outcome {
        let rate = (self.schedule)(epoch, training.learning_rate());
        training.set_learning_rate(rate)?;
        if self.verbose {
            training.say(format!("Epoch {}: LearningRateScheduler setting learning rate to {rate}.", epoch + 1));
        }
        Ok(())
    }

    fn on_epoch_end(&mut self, _epoch: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        logs.set("learning_rate", training.learning_rate());
        Ok(())
    }
}
