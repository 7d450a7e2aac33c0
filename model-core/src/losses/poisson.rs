//! The Poisson loss.

use super::Rule;
use super::probabilities::EPSILON;
use crate::arguments::arguments;
use crate::error::Result;
use crate::variable::Var;

arguments! {
    /// The mean of `y_pred - y_true * ln(y_pred + 1e-7)`, for counts: a loss, and a metric.
    ///
    /// # Shapes
    /// Outputs and targets: the same.
    ///
    /// ```
    /// use model_core::losses::Poisson;
    /// use ndarray::array;
    ///
    /// let loss = Poisson.value(&array![[2.0, 1.0]], array![[3.0, 0.0]])?;
    /// assert!((loss - (3.0 - 3.0 * 2.0_f64.ln()) / 2.0).abs() < 1e-6);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/probabilistic_losses/>.
    pub struct Poisson;
}

impl Rule for Poisson {
    const CLASS: &'static str = "Poisson";
    const NAME: &'static str = "poisson";

    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        (output - truth * (output + EPSILON).log()?).mean(-1)
    }
}
