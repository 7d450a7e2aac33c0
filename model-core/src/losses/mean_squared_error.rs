//! The mean squared error.

use serde_json::{Value, json};

use super::Rule;
use crate::error::Result;
use crate::given::{Judged, Target};
use crate::keras::Fields;
use crate::kernels::loss::mean_squared_error;

/// The mean squared error.
///
/// The mean of `(y_true - y_pred)^2`.
///
/// # Shapes
/// Outputs and targets: the same.
///
/// ```
/// use model_core::losses::{Loss, MeanSquaredError};
///
/// assert_eq!(Loss::from(MeanSquaredError::new()).class(), "MeanSquaredError");
/// ```
///
/// Source: <https://keras.io/api/losses/regression_losses/>.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanSquaredError;

impl MeanSquaredError {
    /// The loss.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl Rule for MeanSquaredError {
    const CLASS: &'static str = "MeanSquaredError";
    const NAME: &'static str = "mean_squared_error";

    fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<f64> {
        let Target::Values(target) = judged.target else { unreachable!("targets are of the loss's form") };
        Ok(mean_squared_error(target, judged.output, judged.mask, d_output))
    }

    fn write(&self) -> Value {
        json!({})
    }

    fn read(_: &mut Fields<'_>) -> Result<Self> {
        Ok(Self)
    }
}
