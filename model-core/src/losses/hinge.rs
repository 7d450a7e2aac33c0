//! The hinge loss.

use super::Rule;
use crate::arguments::arguments;
use crate::error::Result;
use crate::variable::Var;

arguments! {
    /// The mean of `max(1 - y_true * y_pred, 0)`, for answers of -1 and 1: a loss, and a metric. Where all targets of a batch are 0 or 1, 0 is
    /// taken for -1.
    ///
    /// # Shapes
    /// Outputs and targets: the same.
    ///
    /// ```
    /// use model_core::losses::Hinge;
    /// use ndarray::array;
    ///
    /// assert_eq!(Hinge.value(&array![[0.5, -2.0]], array![[1.0, 0.0]])?, 0.25);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/hinge_losses/>.
    pub struct Hinge;
}

/// What is missing to the margin of 1.
pub(super) fn missing(truth: &Var, output: &Var) -> Result<Var> {
    let is_binary = truth.elements()?.iter().all(|&answer| answer == 0.0 || answer == 1.0);
    let truth = if is_binary { truth * 2.0 - 1.0 } else { truth.clone() };
    (1.0 - truth * output).maximum(0.0)
}

impl Rule for Hinge {
    const CLASS: &'static str = "Hinge";
    const NAME: &'static str = "hinge";

    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        missing(truth, output)?.mean(-1)
    }
}
