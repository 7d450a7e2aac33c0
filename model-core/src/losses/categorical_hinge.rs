//! The hinge loss of classes.

use super::Rule;
use crate::arguments::arguments;
use crate::error::Result;
use crate::variable::Var;

arguments! {
    /// How far the largest wrong class is from a margin of 1 behind the right one: a loss, and a metric.
    ///
    /// `max(max((1 - y_true) * y_pred) - sum(y_true * y_pred) + 1, 0)` over the last axis, and the mean of that.
    ///
    /// # Shapes
    /// Outputs and targets: `[samples, .., classes]`.
    ///
    /// ```
    /// use model_core::losses::CategoricalHinge;
    /// use ndarray::array;
    ///
    /// assert_eq!(CategoricalHinge.value(&array![[0.5, 0.25, 1.0]], array![[0.0, 0.0, 1.0]])?, 0.5);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/hinge_losses/>.
    pub struct CategoricalHinge;
}

impl Rule for CategoricalHinge {
    const CLASS: &'static str = "CategoricalHinge";
    const NAME: &'static str = "categorical_hinge";

    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        let right = (truth * output).sum(-1)?;
        let wrong = ((1.0 - truth) * output).max(-1)?;
        (wrong - right + 1.0).maximum(0.0)
    }
}
