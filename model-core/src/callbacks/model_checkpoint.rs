//! Saves the model as training goes on.

use std::path::Path;

use super::monitor::{Monitor, monitored};
use super::pattern::Pattern;
use super::save_freq::Saving;
use super::{Callback, Logs, Outcome, SaveFreq, Training};

/// Saves the model with all that training goes on from, behind every epoch or only where it has become better.
///
/// The file's name may have the epoch, from 1, and values of the logs in it, in Python's form: `"{epoch:02d}-{val_loss:.2f}.safetensors"`. Folders
/// that are not there are made. [`Train::resume`](crate::training::Train::resume) goes on from such a file.
///
/// ```
/// use model_core::callbacks::ModelCheckpoint;
///
/// let best = ModelCheckpoint::new("models/best.safetensors").monitor("val_accuracy").save_best_only(true);
/// # let _ = best;
/// ```
///
/// Source: <https://keras.io/api/callbacks/model_checkpoint/>.
#[derive(Clone, Debug)]
pub struct ModelCheckpoint {
    filepath: String,
    pattern: Option<Pattern>,
    monitor: Monitor,
    save_best_only: bool,
    save_weights_only: bool,
    saving: Saving,
    initial_value_threshold: Option<f64>,
    verbose: bool,
}

impl ModelCheckpoint {
    /// Saves behind every epoch to this file.
    #[must_use]
    pub fn new(filepath: impl Into<String>) -> Self {
        Self {
            filepath: filepath.into(),
            pattern: None,
            monitor: Monitor::new("val_loss".to_owned()),
            save_best_only: false,
            save_weights_only: false,
            saving: Saving::default(),
            initial_value_threshold: None,
            verbose: false,
        }
    }

    /// Whether it saves only where what is watched has become better. False by default.
    #[must_use]
    pub const fn save_best_only(mut self, save_best_only: bool) -> Self {
        self.save_best_only = save_best_only;
        self
    }

    /// Whether it leaves out what training goes on from. False by default.
    #[must_use]
    pub const fn save_weights_only(mut self, save_weights_only: bool) -> Self {
        self.save_weights_only = save_weights_only;
        self
    }

    /// When it saves: behind every epoch by default.
    #[must_use]
    pub const fn save_freq(mut self, save_freq: SaveFreq) -> Self {
        self.saving.freq = save_freq;
        self
    }

    /// What the first value must be better than.
    #[must_use]
    pub const fn initial_value_threshold(mut self, value: f64) -> Self {
        self.initial_value_threshold = Some(value);
        self
    }

    /// The best value, if there was one.
    #[must_use]
    pub const fn best(&self) -> Option<f64> {
        self.monitor.best()
    }

    fn save(&mut self, epoch: usize, step: Option<usize>, logs: &Logs<'_>, training: &mut Training<'_>) -> Outcome {
        let Some(pattern) = &self.pattern else { return Ok(()) };
        let path = pattern.name(epoch, step, logs);
        if self.save_best_only {
            let before = self.monitor.best();
            let Some(value) = self.monitor.value(logs) else { return Ok(()) };
            let (improves, name) = (self.monitor.improves(value), &self.monitor.name);
            let best = before.map_or_else(|| "None".to_owned(), |best| format!("{best:.5}"));
            if self.verbose {
                let what = if improves { "improved" } else { "did not improve" };
                let end = if improves { format!(" to {value:.5}, saving model to {path}") } else { String::new() };
                training.say(format!("Epoch {}: {name} {what} from {best}{end}", epoch + 1));
            }
            if !improves {
                return Ok(());
            }
        } else if self.verbose {
            training.say(format!("Epoch {}: saving model to {path}", epoch + 1));
        }
        if !training.is_first() {
            return Ok(());
        }
        if let Some(folder) = Path::new(&path).parent() {
            std::fs::create_dir_all(folder).map_err(|error| format!("`{}`: {error}", folder.display()))?;
        }
        Ok(if self.save_weights_only { training.save_weights(path) } else { training.save(path) }?)
    }
}

monitored!(ModelCheckpoint);

impl Callback for ModelCheckpoint {
    fn on_train_begin(&mut self, training: &mut Training<'_>) -> Outcome {
        let pattern = Pattern::read(&self.filepath)?;
        self.saving.begin("ModelCheckpoint")?;
        match self.saving.freq {
            SaveFreq::Epoch => pattern.check(training.names(), false)?,
            SaveFreq::Steps(_) => {
                let measured: Vec<String> = training.names().iter().filter(|name| !name.starts_with("val_")).cloned().collect();
                pattern.check(&measured, true)?;
            }
        }
        self.pattern = Some(pattern);
        if self.save_best_only {
            let start = self.monitor.best().or(self.initial_value_threshold);
            self.monitor.begin("ModelCheckpoint", start, training)?;
        }
        Ok(())
    }

    fn on_train_batch_end(&mut self, step: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        if self.saving.is_due_behind_step() { self.save(training.epoch(), Some(step), logs, training) } else { Ok(()) }
    }

    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        if self.saving.is_due_behind_epoch() { self.save(epoch, None, logs, training) } else { Ok(()) }
    }
}
