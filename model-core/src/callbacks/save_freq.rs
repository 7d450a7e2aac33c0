//! When callbacks save.

use super::Outcome;
use crate::error::Error;

/// When something is saved: Keras's `save_freq`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SaveFreq {
    /// Behind every epoch.
    #[default]
    Epoch,
    /// Behind so many steps.
    Steps(usize),
}

/// Tells when it is time to save.
#[derive(Clone, Debug, Default)]
pub(super) struct Saving {
    pub(super) freq: SaveFreq,
    /// The steps since the last time.
    steps: usize,
}

impl Saving {
    /// Begins to count.
    pub(super) fn begin(&mut self, owner: &'static str) -> Outcome {
        self.steps = 0;
        if self.freq != SaveFreq::Steps(0) {
            return Ok(());
        }
        let (argument, expected, found) = ("save_freq", "at least 1 step", "0 steps".to_owned());
        Err(Error::Argument { owner, argument, expected, found }.into())
    }

    /// Counts a step: whether it is time behind it.
    pub(super) fn is_due_behind_step(&mut self) -> bool {
        let SaveFreq::Steps(steps) = self.freq else { return false };
        self.steps = (self.steps + 1) % steps;
        self.steps == 0
    }

    /// Whether it is time behind an epoch.
    pub(super) fn is_due_behind_epoch(&self) -> bool {
        self.freq == SaveFreq::Epoch
    }
}
