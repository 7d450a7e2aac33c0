//! What a metric counts, once its form is known.

use crate::given::Target;
use crate::kernels::metric;

/// What is summed over a batch; the mean over all rows or elements is the metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Measure {
    /// Rows with the largest element in the same place.
    Matches,
    /// Rows with the largest element where the label says.
    SparseMatches,
    /// Elements on the target's side of a threshold.
    BinaryMatches {
        /// Above it means yes.
        threshold: f64,
    },
    /// Elements that equal the target's.
    Equals,
    /// Absolute errors of the elements.
    AbsoluteErrors,
}

impl Measure {
    /// The sum over a batch, over what a mask says counts, where there is one.
    pub(crate) fn sum(self, target: &Target<'_>, output: &[f32], row: usize, mask: Option<&[f32]>) -> f64 {
        match (self, target) {
            (Self::Matches, Target::Values(values)) => metric::categorical_matches(values, output, row, mask) as f64,
            (Self::SparseMatches, Target::Labels(labels)) => metric::sparse_categorical_matches(labels, output, row, mask) as f64,
            (Self::BinaryMatches { threshold }, Target::Values(values)) => {
                metric::binary_matches(values, output, threshold, mask) as f64
            }
            (Self::Equals, Target::Values(values)) => metric::equals(values, output, mask) as f64,
            (Self::AbsoluteErrors, Target::Values(values)) => metric::absolute_error(values, output, mask),
            (Self::Matches | Self::BinaryMatches { .. } | Self::Equals | Self::AbsoluteErrors, Target::Labels(_))
            | (Self::SparseMatches, Target::Values(_)) => unreachable!("the measure was chosen for the targets' form"),
        }
    }

    /// How many rows or elements a batch of `elements` has, of those that a mask says count.
    pub(crate) fn count(self, elements: usize, row: usize, mask: Option<&[f32]>) -> usize {
        let all = match self {
            Self::Matches | Self::SparseMatches => elements / row,
            Self::BinaryMatches { .. } | Self::Equals | Self::AbsoluteErrors => elements,
        };
        let Some(mask) = mask else { return all };
        let counted = mask.iter().filter(|&&counts| counts != 0.0).count();
        counted * (all / mask.len().max(1))
    }
}
