//! The Tversky loss.

use super::dice::{over, total};
use super::probabilities::EPSILON;
use super::{Rule, argument};
use crate::arguments::arguments;
use crate::error::Result;
use crate::given::Over;
use crate::variable::Var;

arguments! {
    /// How little two sets overlap, with weights for what is in one of them alone: over axes or over the whole batch
    /// `1 - both / (both + alpha * sum(y_true * (1 - y_pred)) + beta * sum((1 - y_true) * y_pred))`, where `both` is `sum(y_true * y_pred)`.
    ///
    /// # Shapes
    /// Outputs and targets: the same.
    ///
    /// ```
    /// use model_core::losses::Tversky;
    /// use ndarray::array;
    ///
    /// let (output, target) = (array![[1.0, 0.0], [1.0, 0.0]], array![[1.0, 0.0], [0.0, 1.0]]);
    /// assert!((Tversky::new().beta(1.5).value(&output, &target)? - 2.0 / 3.0).abs() < 1e-6);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/regression_losses/>, after [Salehi et al., 2017](https://arxiv.org/abs/1706.05721).
    pub struct Tversky {
        /// How much counts what should be there and is not. 0.5 by default.
        alpha: f64 = 0.5,
        /// How much counts what is there and should not be. 0.5 by default.
        beta: f64 = 0.5,
        /// The axes that are summed over, counted from 1 on; all of the batch by default.
        axis: Option<Vec<i64>> = None,
    }
}

impl Rule for Tversky {
    const CLASS: &'static str = "Tversky";
    const NAME: &'static str = "tversky";

    fn over(&self) -> Over<'_> {
        over(self.axis.as_deref())
    }

    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        let sum = |x: Var| total(&x, self.axis.as_deref());
        let (both, missed, added) = (sum(truth * output)?, sum((1.0 - output) * truth)?, sum(output * (1.0 - truth))?);
        Ok(1.0 - &both / (&both + missed * self.alpha + added * self.beta + EPSILON))
    }

    fn check(&self) -> Result<()> {
        argument(Self::CLASS, "alpha", self.alpha, 0.0..f64::INFINITY, "a number of at least 0")?;
        argument(Self::CLASS, "beta", self.beta, 0.0..f64::INFINITY, "a number of at least 0")
    }
}
