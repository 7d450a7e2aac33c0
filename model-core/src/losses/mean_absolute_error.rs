//! The mean absolute error as a loss. The struct is the metric's, which is of the same name.

use serde_json::{Value, json};

use super::{MeanAbsoluteError, Rule};
use crate::error::Result;
use crate::given::Judged;
use crate::keras::Fields;

impl Rule for MeanAbsoluteError {
    const CLASS: &'static str = "MeanAbsoluteError";
    const NAME: &'static str = "mean_absolute_error";

    fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<f64> {
        judged.mean_of(Self::NAME, d_output, |truth, output| (output - truth).abs()?.mean(-1))
    }

    fn write(&self) -> Value {
        json!({})
    }

    fn read(_: &mut Fields<'_>) -> Result<Self> {
        Ok(Self)
    }
}
