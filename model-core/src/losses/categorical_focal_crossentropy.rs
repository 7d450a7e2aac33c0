//! The focal crossentropy of distributions over classes.

use super::probabilities::{shares, smooth_classes};
use super::{CLASSES, Complaint, Rule, argument};
use crate::arguments::arguments;
use crate::error::Result;
use crate::given::{Over, Port};
use crate::variable::Var;

arguments! {
    /// The crossentropy of distributions over classes, of which those count less that are right already.
    ///
    /// `-sum(alpha * (1 - y_pred)^gamma * y_true * ln(y_pred))` over the last axis, and the mean of that.
    ///
    /// # Shapes
    /// Outputs and targets: `[samples, .., classes]`.
    ///
    /// ```
    /// use model_core::losses::CategoricalFocalCrossentropy;
    /// use ndarray::array;
    ///
    /// let loss = CategoricalFocalCrossentropy::new().gamma(1.0).value(&array![[0.25, 0.75]], array![[0.0, 1.0]])?;
    /// assert!((loss - 0.25 * 0.25 * -(0.75_f64.ln())).abs() < 1e-6);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/probabilistic_losses/>, after [Lin et al., 2017](https://arxiv.org/abs/1708.02002).
    #[derive(Copy)]
    pub struct CategoricalFocalCrossentropy {
        /// What all is multiplied by. 0.25 by default.
        alpha: f64 = 0.25,
        /// How much less answers count that are right already, from 0 on. 2 by default.
        gamma: f64 = 2.0,
        /// For outputs that are logits instead of probabilities.
        from_logits: bool = false => constructor,
        /// The share of the targets that is moved to all classes evenly, from 0 to 1.
        label_smoothing: f64 = 0.0,
        /// The axis that the classes lie along. The last by default.
        axis: i64 = -1,
    }
}

impl Rule for CategoricalFocalCrossentropy {
    const CLASS: &'static str = "CategoricalFocalCrossentropy";
    const NAME: &'static str = "categorical_focal_crossentropy";

    fn over(&self) -> Over<'_> {
        Over::Axes(std::slice::from_ref(&self.axis))
    }

    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        let output = if self.from_logits { output.softmax(self.axis)? } else { output.clone() };
        let output = shares(&output, self.axis)?;
        let crossentropy = -(smooth_classes(truth, self.label_smoothing) * output.log()?);
        ((1.0 - &output).power(self.gamma)? * self.alpha * crossentropy).sum(self.axis)
    }

    fn complaint(&self, port: &Port) -> Option<Complaint> {
        (self.axis == -1 && port.nominal_row() < 2).then_some(CLASSES)
    }

    fn check(&self) -> Result<()> {
        argument(Self::CLASS, "alpha", self.alpha, 0.0..f64::INFINITY, "a number of at least 0")?;
        argument(Self::CLASS, "gamma", self.gamma, 0.0..f64::INFINITY, "a number of at least 0")?;
        argument(Self::CLASS, "label_smoothing", self.label_smoothing, 0.0..=1.0, "a number from 0 to 1")
    }
}
