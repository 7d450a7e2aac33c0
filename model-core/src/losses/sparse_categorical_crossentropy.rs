//! The crossentropy of distributions over classes with class numbers.

use serde_json::{Value, json};

use super::Rule;
use crate::error::Result;
use crate::given::{Judged, Target, TargetForm};
use crate::keras::Fields;
use crate::kernels::loss::sparse_categorical_crossentropy;

/// The crossentropy of distributions over classes, given as class numbers.
///
/// `-ln(y_pred[y_true])` over the last axis, and the mean of that.
///
/// # Shapes
/// Outputs: `[samples, .., classes]`; targets: integers `[samples, ..]` or `[samples, .., 1]`.
///
/// ```
/// use model_core::losses::SparseCategoricalCrossentropy;
///
/// let loss = SparseCategoricalCrossentropy::from_logits();
/// assert!(loss.from_logits);
/// ```
///
/// Source: <https://keras.io/api/losses/probabilistic_losses/>.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SparseCategoricalCrossentropy {
    /// Whether outputs are logits instead of probabilities.
    pub from_logits: bool,
}

impl SparseCategoricalCrossentropy {
    /// For outputs that are probabilities.
    #[must_use]
    pub const fn new() -> Self {
        Self { from_logits: false }
    }

    /// For outputs that are logits.
    #[must_use]
    pub const fn from_logits() -> Self {
        Self { from_logits: true }
    }
}

impl Rule for SparseCategoricalCrossentropy {
    const CLASS: &'static str = "SparseCategoricalCrossentropy";
    const NAME: &'static str = "sparse_categorical_crossentropy";
    const FORM: TargetForm = TargetForm::Labels;

    fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<f64> {
        let Target::Labels(target) = judged.target else { unreachable!("targets are of the loss's form") };
        Ok(sparse_categorical_crossentropy(target, judged.output, judged.row(), self.from_logits, judged.mask, d_output))
    }

    fn write(&self) -> Value {
        json!({ "from_logits": self.from_logits, "ignore_class": null })
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { from_logits: fields.boolean("from_logits", false)? })
    }

    fn complaint(&self, size: usize) -> Option<(&'static str, &'static str)> {
        (size < 2).then_some(("a last axis of at least 2 classes", "`BinaryCrossentropy` is for one yes or no"))
    }
}
