//! The squared hinge loss.

use super::Rule;
use super::hinge::missing;
use crate::arguments::arguments;
use crate::error::Result;
use crate::variable::Var;

arguments! {
    /// The mean of `max(1 - y_true * y_pred, 0)^2`, for answers of -1 and 1: a loss, and a metric. Where all targets of a batch are 0 or 1, 0 is
    /// taken for -1.
    ///
    /// # Shapes
    /// Outputs and targets: the same.
    ///
    /// ```
    /// use model_core::losses::SquaredHinge;
    /// use ndarray::array;
    ///
    /// assert_eq!(SquaredHinge.value(&array![[0.5, -2.0]], array![[1.0, 0.0]])?, 0.125);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/hinge_losses/>.
    pub struct SquaredHinge;
}

impl Rule for SquaredHinge {
    const CLASS: &'static str = "SquaredHinge";
    const NAME: &'static str = "squared_hinge";

    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        missing(truth, output)?.square()?.mean(-1)
    }
}
