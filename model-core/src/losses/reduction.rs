//! What the losses of a batch come to: Keras's argument `reduction`, which is the same for all losses.

use serde_json::Value;

use crate::arguments::Argument;
use crate::given::Judged;

/// What becomes of the numbers that a loss has for the samples of a batch, or for their positions.
///
/// With a number for each of them that says how much it counts (a mask, or a weight), it is multiplied in before.
///
/// ```
/// use model_core::losses::{MeanSquaredError, Reduction};
/// use ndarray::array;
///
/// let (output, target) = (array![[1.0], [4.0]], array![[0.0], [1.0]]);
/// assert_eq!(MeanSquaredError::new().value(&output, &target)?, 5.0);
/// assert_eq!(MeanSquaredError::new().reduction(Reduction::Sum).value(&output, &target)?, 10.0);
/// assert_eq!(MeanSquaredError::new().values(&output, &target)?, array![1.0, 9.0].into_dyn());
/// # Ok::<(), model_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// The mean over the batch, and over what masks say counts.
    #[default]
    SumOverBatchSize,
    /// The sum.
    Sum,
    /// Another word for [`SumOverBatchSize`](Self::SumOverBatchSize).
    Mean,
    /// The sum, divided by the sum of the weights.
    MeanWithSampleWeight,
    /// The numbers as they are: what [`Loss::values`](super::Loss::values) gives. There is nothing that could be trained on.
    None,
}

/// Each with Keras's word for it.
const WORDS: [(Reduction, &str); 5] = [
    (Reduction::SumOverBatchSize, "sum_over_batch_size"),
    (Reduction::Sum, "sum"),
    (Reduction::Mean, "mean"),
    (Reduction::MeanWithSampleWeight, "mean_with_sample_weight"),
    (Reduction::None, "none"),
];

impl Reduction {
    /// What the mean over all numbers, of what counts and what does not, is to be multiplied by. Where nothing counts, a mean is zero.
    pub(super) fn factor(self, judged: &Judged<'_>, numbers: impl FnOnce() -> usize) -> f64 {
        let counts = match self {
            Self::Sum => return numbers() as f64,
            Self::SumOverBatchSize | Self::Mean | Self::None => judged.counted,
            Self::MeanWithSampleWeight => judged.mask,
        };
        let Some(counts) = counts else { return 1.0 };
        let counted: f64 = counts.iter().map(|&counts| f64::from(counts)).sum();
        if counted > 0.0 { counts.len() as f64 / counted } else { 0.0 }
    }
}

impl Argument for Reduction {
    const EXPECTED: &'static str = "`sum_over_batch_size`, `sum`, `mean`, `mean_with_sample_weight` or `none`";

    fn write(&self) -> Value {
        WORDS.iter().find(|(one, _)| one == self).map_or(Value::Null, |(_, word)| (*word).into())
    }

    fn read(value: &Value) -> Option<Self> {
        if value.is_null() {
            return Some(Self::None);
        }
        WORDS.iter().find(|(_, word)| value == word).map(|(one, _)| *one)
    }
}
