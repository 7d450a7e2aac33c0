//! The crossentropy of distributions over classes.

use serde_json::{Value, json};

use super::{Rule, argument};
use crate::error::Result;
use crate::given::{Judged, Target};
use crate::keras::Fields;
use crate::kernels::loss::categorical_crossentropy;

/// The crossentropy of distributions over classes, given as distributions: one-hot, or any.
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
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CategoricalCrossentropy {
    /// Whether outputs are logits instead of probabilities.
    pub from_logits: bool,
    /// The share of the targets that is moved to all classes evenly, from 0 to 1.
    pub label_smoothing: f64,
}

impl CategoricalCrossentropy {
    /// For outputs that are probabilities.
    #[must_use]
    pub const fn new() -> Self {
        Self { from_logits: false, label_smoothing: 0.0 }
    }

    /// For outputs that are logits.
    #[must_use]
    pub const fn from_logits() -> Self {
        Self { from_logits: true, label_smoothing: 0.0 }
    }

    /// The share of the targets that is moved to all classes evenly, from 0 to 1.
    #[must_use]
    pub const fn label_smoothing(self, label_smoothing: f64) -> Self {
        Self { label_smoothing, ..self }
    }
}

impl Rule for CategoricalCrossentropy {
    const CLASS: &'static str = "CategoricalCrossentropy";
    const NAME: &'static str = "categorical_crossentropy";

    fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<f64> {
        let Target::Values(target) = judged.target else { unreachable!("targets are of the loss's form") };
        Ok(categorical_crossentropy(
            target,
            judged.output,
            judged.row(),
            self.from_logits,
            self.label_smoothing,
            judged.mask,
            d_output,
        ))
    }

    fn write(&self) -> Value {
        json!({ "from_logits": self.from_logits, "label_smoothing": self.label_smoothing, "axis": -1 })
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { from_logits: fields.boolean("from_logits", false)?, label_smoothing: fields.number("label_smoothing", 0.0)? })
    }

    fn complaint(&self, size: usize) -> Option<(&'static str, &'static str)> {
        (size < 2).then_some(("a last axis of at least 2 classes", "`BinaryCrossentropy` is for one yes or no"))
    }

    fn check(&self) -> Result<()> {
        argument(Self::CLASS, "label_smoothing", self.label_smoothing, 0.0..=1.0, "a number from 0 to 1")
    }
}
