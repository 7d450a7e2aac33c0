//! The mean absolute percentage error.

use super::Rule;
use super::probabilities::EPSILON;
use crate::arguments::arguments;
use crate::error::Result;
use crate::variable::Var;

arguments! {
    /// The mean of `100 * |(y_true - y_pred) / y_true|`: a loss, and a metric. What is divided by is at least 1e-7.
    ///
    /// # Shapes
    /// Outputs and targets: the same.
    ///
    /// ```
    /// use model_core::losses::MeanAbsolutePercentageError;
    /// use ndarray::array;
    ///
    /// assert_eq!(MeanAbsolutePercentageError.value(&array![[1.0, 5.0]], array![[2.0, 4.0]])?, 37.5);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/regression_losses/>.
    pub struct MeanAbsolutePercentageError;
}

impl Rule for MeanAbsolutePercentageError {
    const CLASS: &'static str = "MeanAbsolutePercentageError";
    const NAME: &'static str = "mean_absolute_percentage_error";

    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        Ok(((truth - output) / truth.abs()?.maximum(EPSILON)?).abs()?.mean(-1)? * 100.0)
    }
}
