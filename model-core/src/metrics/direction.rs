//! Which way a metric is better: what callbacks go by that watch it.

use super::Metric;

/// Whether more of a value is better or worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// More is better.
    Up,
    /// Less is better.
    Down,
}

impl Metric {
    /// Whether more of it is better or worse, where that is known: Keras's `_direction`.
    pub(crate) const fn direction(&self) -> Option<Direction> {
        self.rule.direction()
    }
}
