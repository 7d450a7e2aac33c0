//! The mean absolute error.

use super::Rule;
use crate::arguments::arguments;
use crate::error::Result;
use crate::given::{Judged, Mean, Target};
use crate::kernels::loss::mean_absolute_error;
use crate::variable::Var;

arguments! {
    /// The mean of `|y_true - y_pred|`: a loss, and a metric.
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
    pub struct MeanAbsoluteError;
}

impl Rule for MeanAbsoluteError {
    const CLASS: &'static str = "MeanAbsoluteError";
    const NAME: &'static str = "mean_absolute_error";

    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        (output - truth).abs()?.mean(-1)
    }

    fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<Mean> {
        let Target::Values(target) = judged.target else { unreachable!("targets are of the loss's form") };
        let mean = mean_absolute_error(target, judged.output, judged.mask, d_output);
        Ok(Mean::of(mean, judged.numbers(self.over())))
    }
}
