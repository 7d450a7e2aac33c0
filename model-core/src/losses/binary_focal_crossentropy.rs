//! The focal crossentropy of independent yes-or-no answers.

use super::binary_crossentropy::answers;
use super::probabilities::smooth_answers;
use super::{Rule, argument};
use crate::arguments::arguments;
use crate::error::Result;
use crate::given::Over;
use crate::variable::Var;

arguments! {
    /// The crossentropy of independent yes-or-no answers, of which those count less that are right already.
    ///
    /// The mean of `(1 - p)^gamma` times the crossentropy, where `p` is the probability that the answer has: `y_pred` of a yes and `1 - y_pred` of
    /// a no. With `apply_class_balancing` it is also multiplied by `alpha` for a yes and by `1 - alpha` for a no.
    ///
    /// # Shapes
    /// Outputs and targets: the same.
    ///
    /// ```
    /// use model_core::losses::BinaryFocalCrossentropy;
    /// use ndarray::array;
    ///
    /// let loss = BinaryFocalCrossentropy::new().gamma(1.0).value(&array![[0.75]], array![[1.0]])?;
    /// assert!((loss - 0.25 * -(0.75_f64.ln())).abs() < 1e-6);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/probabilistic_losses/>, after [Lin et al., 2017](https://arxiv.org/abs/1708.02002).
    #[derive(Copy)]
    pub struct BinaryFocalCrossentropy {
        /// Whether the two answers count differently. Not by default.
        apply_class_balancing: bool = false,
        /// How much a yes counts, from 0 to 1. 0.25 by default.
        alpha: f64 = 0.25,
        /// How much less answers count that are right already, from 0 on. 2 by default.
        gamma: f64 = 2.0,
        /// For outputs that are logits instead of probabilities.
        from_logits: bool = false => constructor,
        /// The share of the targets that is moved to one half, from 0 to 1.
        label_smoothing: f64 = 0.0,
        /// The axis that the mean is taken over for each number. The last by default.
        axis: i64 = -1,
    }
}

impl Rule for BinaryFocalCrossentropy {
    const CLASS: &'static str = "BinaryFocalCrossentropy";
    const NAME: &'static str = "binary_focal_crossentropy";

    fn over(&self) -> Over<'_> {
        Over::Axes(std::slice::from_ref(&self.axis))
    }

    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        let truth = smooth_answers(truth, self.label_smoothing);
        let output = if self.from_logits { output.sigmoid()? } else { output.clone() };
        let right = &truth * &output + (1.0 - &truth) * (1.0 - &output);
        let focal = (1.0 - right).power(self.gamma)? * answers(&truth, &output, false)?;
        if !self.apply_class_balancing {
            return focal.mean(self.axis);
        }
        let balance = &truth * self.alpha + (1.0 - &truth) * (1.0 - self.alpha);
        (balance * focal).mean(self.axis)
    }

    fn check(&self) -> Result<()> {
        argument(Self::CLASS, "alpha", self.alpha, 0.0..=1.0, "a number from 0 to 1")?;
        argument(Self::CLASS, "gamma", self.gamma, 0.0..f64::INFINITY, "a number of at least 0")?;
        argument(Self::CLASS, "label_smoothing", self.label_smoothing, 0.0..=1.0, "a number from 0 to 1")
    }
}
