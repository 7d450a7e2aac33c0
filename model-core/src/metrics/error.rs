//! How far numbers are off.

use super::{Measure, Rule};
use crate::given::TargetForm;

/// The mean of `|y_true - y_pred|`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanAbsoluteError;

impl Rule for MeanAbsoluteError {
    const CLASS: &'static str = "MeanAbsoluteError";
    const NAME: &'static str = "mean_absolute_error";
    const STRINGS: &'static [&'static str] = &["mae", "MAE", Self::NAME, Self::CLASS];

    fn measure(&self, form: TargetForm, _size: usize) -> Result<Measure, (&'static str, &'static str)> {
        match form {
            TargetForm::Values => Ok(Measure::AbsoluteErrors),
            TargetForm::Labels => Err(("targets of the output's shape", "class numbers go with `SparseCategoricalAccuracy`")),
        }
    }
}
