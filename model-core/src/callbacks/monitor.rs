//! What callbacks watch: a value of the logs, and when it has become better.

use super::{Logs, Outcome, Training};
use crate::error::Error;
use crate::metrics::Direction;

/// What is better of a value that is watched: Keras's `mode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// What the loss or metric says: less of a loss, more of an accuracy.
    #[default]
    Auto,
    /// Less.
    Min,
    /// More.
    Max,
}

/// A value that is watched, and the best of it so far.
#[derive(Clone, Debug)]
pub(super) struct Monitor {
    pub(super) name: String,
    pub(super) mode: Mode,
    /// By how much a value must be better than the best.
    pub(super) min_delta: f64,
    best: Option<f64>,
    is_more_better: bool,
}

impl Monitor {
    pub(super) const fn new(name: String) -> Self {
        Self { name, mode: Mode::Auto, min_delta: 0.0, best: None, is_more_better: false }
    }

    /// Begins to watch; the first value must be better than `start`.
    pub(super) fn begin(&mut self, owner: &'static str, start: Option<f64>, training: &Training<'_>) -> Outcome {
        self.best = start;
        if !training.names().contains(&self.name) {
            return Err(Error::UnknownMonitor { owner, name: self.name.clone(), known: training.names().to_vec() }.into());
        }
        self.is_more_better = match (self.mode, training.direction(&self.name)) {
            (Mode::Max, _) | (Mode::Auto, Some(Direction::Up)) => true,
            (Mode::Min, _) | (Mode::Auto, Some(Direction::Down)) => false,
            (Mode::Auto, None) => {
                let expected = "`Mode::Min` or `Mode::Max`, since nothing says which of this value is better";
                return Err(Error::Argument { owner, argument: "mode", expected, found: "`Mode::Auto`".to_owned() }.into());
            }
        };
        Ok(())
    }

    /// The best value so far.
    pub(super) const fn best(&self) -> Option<f64> {
        self.best
    }

    /// The value, if it was measured.
    pub(super) fn value(&self, logs: &Logs<'_>) -> Option<f64> {
        logs.get(&self.name)
    }

    /// Whether a value is better than another by the least difference.
    pub(super) fn is_better(&self, value: f64, than: f64) -> bool {
        if self.is_more_better { value - self.min_delta > than } else { value + self.min_delta < than }
    }

    /// Takes a value: whether it is the best so far.
    pub(super) fn improves(&mut self, value: f64) -> bool {
        let improves = self.best.is_none_or(|best| self.is_better(value, best));
        if improves {
            self.best = Some(value);
        }
        improves
    }
}

/// Builder methods of what watches a value.
macro_rules! monitored {
    ($name:ident) => {
        impl $name {
            /// What is watched: `"val_loss"` by default.
            #[must_use]
            pub fn monitor(mut self, name: impl Into<String>) -> Self {
                self.monitor.name = name.into();
                self
            }

            /// Whether less or more of it is better; by default what the loss or metric says.
            #[must_use]
            pub fn mode(mut self, mode: crate::callbacks::Mode) -> Self {
                self.monitor.mode = mode;
                self
            }

            /// Whether it says what it does. False by default.
            #[must_use]
            pub const fn verbose(mut self, verbose: bool) -> Self {
                self.verbose = verbose;
                self
            }
        }
    };
}
pub(super) use monitored;
