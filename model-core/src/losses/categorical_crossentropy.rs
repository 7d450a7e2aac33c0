//! The crossentropy of distributions over classes.

use super::probabilities::{log_shares, smooth_classes};
use super::{CLASSES, Complaint, Rule, argument};
use crate::arguments::arguments;
use crate::error::Result;
use crate::given::{Judged, Mean, Over, Port, Target};
use crate::kernels::loss::categorical_crossentropy;
use crate::variable::Var;

arguments! {
    /// The crossentropy of distributions over classes, given as distributions, one-hot or any: a loss, and a metric.
    ///
    /// `-sum(y_true * ln(y_pred))` over the last axis, and the mean of that.
    ///
    /// # Shapes
    /// Outputs and targets: `[samples, .., classes]`.
    ///
    /// ```
    /// use model_core::losses::CategoricalCrossentropy;
    ///
    /// let loss = CategoricalCrossentropy::from_logits().label_smoothing(0.1);
    /// assert!(loss.from_logits);
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/probabilistic_losses/>.
    #[derive(Copy)]
    pub struct CategoricalCrossentropy {
        /// For outputs that are logits instead of probabilities.
        from_logits: bool = false => constructor,
        /// The share of the targets that is moved to all classes evenly, from 0 to 1.
        label_smoothing: f64 = 0.0,
        /// The axis that the classes lie along. The last by default.
        axis: i64 = -1,
    }
}

impl Rule for CategoricalCrossentropy {
    const CLASS: &'static str = "CategoricalCrossentropy";
    const NAME: &'static str = "categorical_crossentropy";

    fn over(&self) -> Over<'_> {
        Over::Axes(std::slice::from_ref(&self.axis))
    }

    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        let logs = log_shares(output, self.axis, self.from_logits)?;
        (-(smooth_classes(truth, self.label_smoothing) * logs)).sum(self.axis)
    }

    fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<Mean> {
        if !judged.is_last(self.axis) {
            return judged.mean_of(Self::NAME, self.over(), d_output, |truth, output| Rule::values(self, truth, output));
        }
        let Target::Values(target) = judged.target else { unreachable!("targets are of the loss's form") };
        let Self { from_logits, label_smoothing, .. } = *self;
        let row = judged.row();
        let mean = categorical_crossentropy(target, judged.output, row, from_logits, label_smoothing, judged.mask, d_output);
        Ok(Mean::of(mean, judged.numbers(self.over())))
    }

    fn complaint(&self, port: &Port) -> Option<Complaint> {
        (self.axis == -1 && port.nominal_row() < 2).then_some(CLASSES)
    }

    fn check(&self) -> Result<()> {
        argument(Self::CLASS, "label_smoothing", self.label_smoothing, 0.0..=1.0, "a number from 0 to 1")
    }
}
