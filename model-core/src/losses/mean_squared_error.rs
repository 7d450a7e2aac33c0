//! The mean squared error.

use super::Rule;
use crate::arguments::arguments;
use crate::error::Result;
use crate::given::{Judged, Mean, Target};
use crate::kernels::loss::mean_squared_error;
use crate::variable::Var;

arguments! {
    /// The mean of `(y_true - y_pred)^2`: a loss, and a metric.
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
    pub struct MeanSquaredError;
}

impl Rule for MeanSquaredError {
    const CLASS: &'static str = "MeanSquaredError";
    const NAME: &'static str = "mean_squared_error";

    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        (output - truth).square()?.mean(-1)
    }

    fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<Mean> {
        let Target::Values(target) = judged.target else { unreachable!("targets are of the loss's form") };
        let mean = mean_squared_error(target, judged.output, judged.mask, d_output);
        Ok(Mean::of(mean, judged.numbers(self.over())))
    }
}
