//! The crossentropy of independent yes-or-no answers.

use super::probabilities::{clip, smooth_answers};
use super::{Rule, argument};
use crate::arguments::arguments;
use crate::error::Result;
use crate::given::{Judged, Mean, Over, Target};
use crate::kernels::loss::binary_crossentropy;
use crate::variable::Var;

arguments! {
    /// The crossentropy of independent yes-or-no answers: a loss, and a metric.
    ///
    /// The mean of `-(y_true * ln(y_pred) + (1 - y_true) * ln(1 - y_pred))`.
    ///
    /// # Shapes
    /// Outputs and targets: the same.
    ///
    /// ```
    /// use model_core::losses::BinaryCrossentropy;
    ///
    /// let loss = BinaryCrossentropy::from_logits().label_smoothing(0.1);
    /// assert!(loss.from_logits);
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/probabilistic_losses/>.
    #[derive(Copy)]
    pub struct BinaryCrossentropy {
        /// For outputs that are logits instead of probabilities.
        from_logits: bool = false => constructor,
        /// The share of the targets that is moved to one half, from 0 to 1.
        label_smoothing: f64 = 0.0,
        /// The axis that the mean is taken over for each number; a metric has the last. The last by default.
        axis: i64 = -1,
    }
}

/// The crossentropy of each answer.
pub(super) fn answers(truth: &Var, output: &Var, from_logits: bool) -> Result<Var> {
    let (yes, no) = if from_logits {
        (output.log_sigmoid()?, (-output).log_sigmoid()?)
    } else {
        let output = clip(output)?;
        (output.log()?, (1.0 - &output).log()?)
    };
    Ok(-(truth * yes + (1.0 - truth) * no))
}

impl Rule for BinaryCrossentropy {
    const CLASS: &'static str = "BinaryCrossentropy";
    const NAME: &'static str = "binary_crossentropy";

    fn over(&self) -> Over<'_> {
        Over::Axes(std::slice::from_ref(&self.axis))
    }

    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        answers(&smooth_answers(truth, self.label_smoothing), output, self.from_logits)?.mean(self.axis)
    }

    /// A mean of means of as many elements is that of all elements, whatever the axis.
    fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<Mean> {
        if judged.tells_of(self.axis) {
            return judged.mean_of(Self::NAME, self.over(), d_output, |truth, output| Rule::values(self, truth, output));
        }
        let Target::Values(target) = judged.target else { unreachable!("targets are of the loss's form") };
        let Self { from_logits, label_smoothing, .. } = *self;
        let mean = binary_crossentropy(target, judged.output, from_logits, label_smoothing, judged.mask, d_output);
        Ok(Mean::of(mean, judged.numbers(self.over())))
    }

    fn check(&self) -> Result<()> {
        argument(Self::CLASS, "label_smoothing", self.label_smoothing, 0.0..=1.0, "a number from 0 to 1")
    }
}
