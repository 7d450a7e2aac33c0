//! The logarithm of the hyperbolic cosine of the error.

use super::Rule;
use crate::arguments::arguments;
use crate::error::Result;
use crate::variable::Var;

arguments! {
    /// The mean of `ln(cosh(y_pred - y_true))`: about half the squared error where that is small, and a line where it is large. As a metric it is
    /// [`LogCoshError`](crate::metrics::LogCoshError).
    ///
    /// # Shapes
    /// Outputs and targets: the same.
    ///
    /// ```
    /// use model_core::losses::LogCosh;
    /// use ndarray::array;
    ///
    /// let loss = LogCosh.value(&array![[3.0]], array![[1.0]])?;
    /// assert!((loss - 2.0_f64.cosh().ln()).abs() < 1e-6);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/regression_losses/>.
    pub struct LogCosh;
}

impl Rule for LogCosh {
    const CLASS: &'static str = "LogCosh";
    const NAME: &'static str = "log_cosh";

    /// `|x|` in place of `x`, which has the same values, loses no digits where the error is far below 0.
    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        let error = output - truth;
        let distance = error.abs()?;
        let values = &distance + (&distance * -2.0).softplus()? - std::f64::consts::LN_2;
        values.mean(-1)
    }
}
