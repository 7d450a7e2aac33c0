//! Training that is broken off goes on where it was.

use std::path::{Path, PathBuf};

use super::save_freq::Saving;
use super::{Callback, Logs, Outcome, SaveFreq, Training};

/// Saves all that training goes on from, and goes on from it where it finds it: the same program, started again after it was killed, ends with
/// the same bits as if it had not been.
///
/// `fit` then trains up to the epoch to which it would have trained. Losses and metrics are those of the program; what is reported of an
/// epoch that was broken off is the mean of the steps since. At the end of training the copy is deleted.
///
/// ```
/// use model_core::callbacks::{BackupAndRestore, SaveFreq};
///
/// let backup = BackupAndRestore::new("backup").save_freq(SaveFreq::Steps(1000));
/// # let _ = backup;
/// ```
///
/// Source: <https://keras.io/api/callbacks/backup_and_restore/>.
#[derive(Clone, Debug)]
pub struct BackupAndRestore {
    backup_dir: PathBuf,
    saving: Saving,
    double_checkpoint: bool,
    delete_checkpoint: bool,
}

impl BackupAndRestore {
    /// Keeps its copy in this folder, which is made if it is not there, behind every epoch.
    #[must_use]
    pub fn new(backup_dir: impl AsRef<Path>) -> Self {
        let backup_dir = backup_dir.as_ref().to_owned();
        Self { backup_dir, saving: Saving::default(), double_checkpoint: false, delete_checkpoint: true }
    }

    /// When it saves: behind every epoch by default.
    #[must_use]
    pub const fn save_freq(mut self, save_freq: SaveFreq) -> Self {
        self.saving.freq = save_freq;
        self
    }

    /// Whether the copy from before is kept, too, as `previous.safetensors`. False by default: a copy takes the other's place at once or not at
    /// all.
    #[must_use]
    pub const fn double_checkpoint(mut self, double_checkpoint: bool) -> Self {
        self.double_checkpoint = double_checkpoint;
        self
    }

    /// Whether the copy is deleted at the end of training. True by default.
    #[must_use]
    pub const fn delete_checkpoint(mut self, delete_checkpoint: bool) -> Self {
        self.delete_checkpoint = delete_checkpoint;
        self
    }

    fn copy(&self) -> PathBuf {
        self.backup_dir.join("latest.safetensors")
    }

    fn previous(&self) -> PathBuf {
        self.backup_dir.join("previous.safetensors")
    }

    fn save(&self, training: &Training<'_>) -> Outcome {
        if !training.is_first() {
            return Ok(());
        }
        let failed = |error: std::io::Error| format!("`{}`: {error}", self.backup_dir.display());
        std::fs::create_dir_all(&self.backup_dir).map_err(failed)?;
        if self.double_checkpoint && self.copy().exists() {
            std::fs::copy(self.copy(), self.previous()).map_err(failed)?;
        }
        Ok(training.save(self.copy())?)
    }
}

impl Callback for BackupAndRestore {
    fn on_train_begin(&mut self, training: &mut Training<'_>) -> Outcome {
        self.saving.begin("BackupAndRestore")?;
        if self.copy().exists() { Ok(training.resume(self.copy())?) } else { Ok(()) }
    }

    fn on_train_batch_end(&mut self, _step: usize, _logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        if self.saving.is_due_behind_step() { self.save(training) } else { Ok(()) }
    }

    fn on_epoch_end(&mut self, _epoch: usize, _logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        if self.saving.is_due_behind_epoch() { self.save(training) } else { Ok(()) }
    }

    fn on_train_end(&mut self, training: &mut Training<'_>) -> Outcome {
        if training.is_interrupted() {
            return self.save(training);
        }
        if self.delete_checkpoint && training.is_first() {
            for path in [self.copy(), self.previous()].iter().filter(|path| path.exists()) {
                std::fs::remove_file(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
            }
            // A folder that others have files in stays.
            let _ = std::fs::remove_dir(&self.backup_dir);
        }
        Ok(())
    }
}
