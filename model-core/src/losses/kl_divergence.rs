//! The Kullback-Leibler divergence.

use super::Rule;
use super::probabilities::EPSILON;
use crate::arguments::arguments;
use crate::error::Result;
use crate::variable::Var;

arguments! {
    /// The Kullback-Leibler divergence of distributions from those that they should be: a loss, and a metric.
    ///
    /// `sum(y_true * ln(y_true / y_pred))` over the last axis, and the mean of that; both are cut off to between 1e-7 and 1.
    ///
    /// # Shapes
    /// Outputs and targets: `[samples, .., classes]`.
    ///
    /// ```
    /// use model_core::losses::KLDivergence;
    /// use ndarray::array;
    ///
    /// let loss = KLDivergence::new().value(&array![[0.25, 0.75]], array![[0.5, 0.5]])?;
    /// assert!((loss - 0.5 * (2.0_f64.ln() + (2.0_f64 / 3.0).ln())).abs() < 1e-6);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/probabilistic_losses/>.
    pub struct KLDivergence;
}

impl Rule for KLDivergence {
    const CLASS: &'static str = "KLDivergence";
    const NAME: &'static str = "kl_divergence";

    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        let (truth, output) = (truth.clip(EPSILON, 1.0)?, output.clip(EPSILON, 1.0)?);
        (&truth * (&truth / &output).log()?).sum(-1)
    }
}
