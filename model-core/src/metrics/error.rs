//! How far numbers are off.

use super::{Complaint, Measure, Rule, State};
use crate::given::TargetForm;

/// The mean of `|y_true - y_pred|`: a metric, and a loss.
///
/// # Shapes
/// Outputs and targets: the same.
///
/// ```
/// use model_core::losses::Loss;
/// use model_core::metrics::{MeanAbsoluteError, Metric};
///
/// assert_eq!(Loss::from(MeanAbsoluteError).class(), "MeanAbsoluteError");
/// assert_eq!(Metric::from(MeanAbsoluteError).name(), "mean_absolute_error");
/// ```
///
/// Source: <https://keras.io/api/losses/regression_losses/>.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanAbsoluteError;

impl MeanAbsoluteError {
    /// The loss, or the metric.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl Rule for MeanAbsoluteError {
    const CLASS: &'static str = "MeanAbsoluteError";
    const NAME: &'static str = "mean_absolute_error";
    const STRINGS: &'static [&'static str] = &["mae", "MAE", Self::NAME, Self::CLASS];

    fn state(&self, form: TargetForm, _size: usize) -> Result<Box<dyn State>, Complaint> {
        match form {
            TargetForm::Values => Ok(Measure::AbsoluteErrors.mean()),
            TargetForm::Labels => Err(("targets of the output's shape", "class numbers go with `SparseCategoricalAccuracy`")),
        }
    }
}
