//! The Dice loss.

use super::Rule;
use super::probabilities::EPSILON;
use crate::arguments::arguments;
use crate::error::Result;
use crate::given::Over;
use crate::variable::Var;

arguments! {
    /// How little two sets overlap: `1 - 2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred))`, over axes or over the whole batch.
    ///
    /// # Shapes
    /// Outputs and targets: the same.
    ///
    /// ```
    /// use model_core::losses::Dice;
    /// use ndarray::array;
    ///
    /// let (output, target) = (array![[1.0, 0.0], [1.0, 0.0]], array![[1.0, 0.0], [0.0, 1.0]]);
    /// assert!((Dice::new().value(&output, &target)? - 0.5).abs() < 1e-6);
    /// assert_eq!(Dice::new().axis(vec![1]).values(&output, &target)?.shape(), [2]);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/regression_losses/>.
    pub struct Dice {
        /// The axes that are summed over: 0 is the batch, -1 the last. All by default.
        axis: Option<Vec<i64>> = None,
    }
}

/// The sum over axes of a sample, or of all.
pub(super) fn total(x: &Var, axes: Option<&[i64]>) -> Result<Var> {
    axes.map_or_else(|| x.sum(..), |axes| x.sum(axes.to_vec()))
}

/// What sums over these axes leave out.
pub(super) fn over(axes: Option<&[i64]>) -> Over<'_> {
    axes.map_or(Over::All, Over::Axes)
}

impl Rule for Dice {
    const CLASS: &'static str = "Dice";
    const NAME: &'static str = "dice";

    fn over(&self) -> Over<'_> {
        over(self.axis.as_deref())
    }

    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        let sum = |x: &Var| total(x, self.axis.as_deref());
        Ok(1.0 - sum(&(truth * output))? * 2.0 / (sum(truth)? + sum(output)? + EPSILON))
    }
}
