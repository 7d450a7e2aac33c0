//! What a metric remembers of an epoch.

use std::fmt::Debug;

use super::Measure;
use crate::error::Result;
use crate::given::Judged;

/// What a metric remembers of the batches of an epoch, and what it comes to.
pub(crate) trait State: Debug + Send + Sync {
    /// Adds a batch.
    fn add(&mut self, judged: Judged<'_>) -> Result<()>;

    /// How many values it reports.
    fn count(&self) -> usize {
        1
    }

    /// The value at a place, of what has been added.
    fn value(&self, place: usize) -> f64;

    /// Forgets what has been added.
    fn clear(&mut self);

    /// Another state of the same metric, to which nothing has been added.
    fn fresh(&self) -> Box<dyn State>;
}

/// A mean over all rows or elements.
#[derive(Clone, Copy, Debug)]
struct Mean {
    measure: Measure,
    sum: f64,
    count: usize,
}

impl Measure {
    /// The metric that is the mean of this.
    pub(super) fn mean(self) -> Box<dyn State> {
        Box::new(Mean { measure: self, sum: 0.0, count: 0 })
    }
}

impl State for Mean {
    fn add(&mut self, judged: Judged<'_>) -> Result<()> {
        let (row, mask) = (judged.row(), judged.mask);
        self.sum += self.measure.sum(judged.target, judged.output, row, mask);
        self.count += self.measure.count(judged.output.len(), row, mask);
        Ok(())
    }

    fn value(&self, _place: usize) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum / self.count as f64 }
    }

    fn clear(&mut self) {
        (self.sum, self.count) = (0.0, 0);
    }

    fn fresh(&self) -> Box<dyn State> {
        self.measure.mean()
    }
}
