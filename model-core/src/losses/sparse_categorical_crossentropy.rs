//! The crossentropy of distributions over classes with class numbers.

use super::probabilities::log_shares;
use super::{CLASSES, Complaint, Rule};
use crate::arguments::arguments;
use crate::error::Result;
use crate::given::{Judged, Mean, Over, Port, Target, TargetForm};
use crate::kernels::loss::sparse_categorical_crossentropy;
use crate::variable::Var;

arguments! {
    /// The crossentropy of distributions over classes, given as class numbers: a loss, and a metric.
    ///
    /// `-ln(y_pred[y_true])` over the last axis, and the mean of that.
    ///
    /// # Shapes
    /// Outputs: `[samples, .., classes]`; targets: integers `[samples, ..]` or `[samples, .., 1]`.
    ///
    /// ```
    /// use model_core::losses::SparseCategoricalCrossentropy;
    /// use ndarray::array;
    ///
    /// let loss = SparseCategoricalCrossentropy::from_logits().ignore_class(-1);
    /// let (output, labels) = (array![[[1.0, 0.0], [2.0, 0.5]]], array![[0, -1]]);
    /// let alone = SparseCategoricalCrossentropy::from_logits().value(&array![[1.0, 0.0]], array![0])?;
    /// assert_eq!(loss.value(&output, &labels)?, alone);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/probabilistic_losses/>.
    #[derive(Copy)]
    pub struct SparseCategoricalCrossentropy {
        /// For outputs that are logits instead of probabilities.
        from_logits: bool = false => constructor,
        /// What stands in place of a class where there is none, such as -1 or 255: the loss is the mean over the others. As a metric it counts them
        /// as 0, and leaves them out only where there is a mask, as Keras does.
        ignore_class: Option<i64> = None,
        /// The axis that the classes lie along: the last.
        axis: i64 = -1,
    }
}

impl Rule for SparseCategoricalCrossentropy {
    const CLASS: &'static str = "SparseCategoricalCrossentropy";
    const NAME: &'static str = "sparse_categorical_crossentropy";

    fn form(&self) -> TargetForm {
        self.ignore_class.map_or(TargetForm::Labels, TargetForm::LabelsOr)
    }

    fn over(&self) -> Over<'_> {
        Over::Axes(std::slice::from_ref(&self.axis))
    }

    fn values(&self, labels: &Var, output: &Var) -> Result<Var> {
        let classes = output.shape().last().copied().unwrap_or(1);
        (-(labels.one_hot(classes, -1)? * log_shares(output, -1, self.from_logits)?)).sum(-1)
    }

    fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<Mean> {
        let Target::Labels(target) = judged.target else { unreachable!("targets are of the loss's form") };
        let row = judged.row();
        let mean = sparse_categorical_crossentropy(target, judged.output, row, self.from_logits, judged.mask, d_output);
        Ok(Mean::of(mean, target.len()))
    }

    fn counting(&self, judged: &Judged<'_>) -> Result<Option<Vec<f32>>> {
        let (Some(ignored), Target::Labels(labels)) = (self.ignore_class, judged.target) else { return Ok(None) };
        let stretch = judged.mask.map_or(1, |mask| (labels.len() / mask.len().max(1)).max(1));
        let counts = |(place, &label): (usize, &i32)| match judged.mask {
            _ if i64::from(label) == ignored => 0.0,
            Some(mask) => mask[place / stretch],
            None => 1.0,
        };
        Ok(Some(labels.iter().enumerate().map(counts).collect()))
    }

    fn complaint(&self, port: &Port) -> Option<Complaint> {
        const LAST: Complaint = ("the last `axis`", "class numbers stand in place of the last axis; move the classes there");
        let is_last = self.axis == -1 || self.axis == port.rank() as i64;
        if is_last { (port.nominal_row() < 2).then_some(CLASSES) } else { Some(LAST) }
    }
}
