//! What a metric remembers of an epoch.

use std::fmt::Debug;

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
}

/// A sum, and how much of what there is has gone into it: a mean. As in Keras a sample counts as much as any other, however many positions it
/// has.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Share {
    sum: f64,
    counted: f64,
    /// The numbers of a sample in what has been added last.
    positions: f64,
    /// What has been added of samples with other numbers of positions: the sum, and how much has gone into it.
    others: (f64, f64),
}

impl Share {
    /// Adds the sum of a batch's numbers, of which so much counts.
    pub(crate) fn add(&mut self, sum: f64, counted: f64, (numbers, samples): (usize, usize)) {
        let positions = numbers as f64 / samples.max(1) as f64;
        if positions != self.positions {
            let (sum, counted) = self.by_samples();
            *self = Self { sum: 0.0, counted: 0.0, positions, others: (self.others.0 + sum, self.others.1 + counted) };
        }
        (self.sum, self.counted) = (self.sum + sum, self.counted + counted);
    }

    /// The mean; of nothing, it is zero.
    pub(crate) fn mean(&self) -> f64 {
        let (sum, counted) = match self.others {
            (0.0, 0.0) => (self.sum, self.counted),
            (sum, counted) => (self.by_samples().0 + sum, self.by_samples().1 + counted),
        };
        if counted == 0.0 { 0.0 } else { sum / counted }
    }

    fn by_samples(&self) -> (f64, f64) {
        let positions = if self.positions == 0.0 { 1.0 } else { self.positions };
        (self.sum / positions, self.counted / positions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `keras.metrics.BinaryAccuracy` on a batch of 1 sample with 4 positions, all right, and one of 1 sample with 1 position, wrong.
    #[test]
    fn samples_count_alike() {
        let mut share = Share::default();
        assert_eq!(share.mean(), 0.0);
        share.add(4.0, 4.0, (4, 1));
        assert_eq!(share.mean(), 1.0);
        share.add(0.0, 1.0, (1, 1));
        assert_eq!(share.mean(), 0.5);
    }
}
