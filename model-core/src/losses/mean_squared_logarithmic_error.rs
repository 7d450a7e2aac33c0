//! The mean squared logarithmic error.

use super::Rule;
use super::probabilities::EPSILON;
use crate::arguments::arguments;
use crate::error::Result;
use crate::variable::Var;

arguments! {
    /// The mean of `(ln(y_true + 1) - ln(y_pred + 1))^2`: a loss, and a metric. Both are at least 1e-7.
    ///
    /// # Shapes
    /// Outputs and targets: the same.
    ///
    /// ```
    /// use model_core::losses::MeanSquaredLogarithmicError;
    /// use ndarray::array;
    ///
    /// let loss = MeanSquaredLogarithmicError.value(&array![[1.0]], array![[0.0]])?;
    /// assert!((loss - 2.0_f64.ln().powi(2)).abs() < 1e-6);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/regression_losses/>.
    pub struct MeanSquaredLogarithmicError;
}

impl Rule for MeanSquaredLogarithmicError {
    const CLASS: &'static str = "MeanSquaredLogarithmicError";
    const NAME: &'static str = "mean_squared_logarithmic_error";

    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        let log = |x: &Var| (x.maximum(EPSILON)? + 1.0).log();
        (log(output)? - log(truth)?).square()?.mean(-1)
    }
}
