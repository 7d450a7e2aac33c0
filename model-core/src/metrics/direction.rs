//! Which way a metric is better.

use super::{AnyRule, Metric};

/// Whether more of a value is better or worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// More is better.
    Up,
    /// Less is better.
    Down,
}

impl Metric {
    /// Whether more of it is better or worse, where that is known.
    pub(crate) fn direction(&self) -> Option<Direction> {
        match &self.rule {
            AnyRule::MeanAbsoluteError(_) => Some(Direction::Down),
            AnyRule::Own(_) => None,
            _ => Some(Direction::Up),
        }
    }
}
