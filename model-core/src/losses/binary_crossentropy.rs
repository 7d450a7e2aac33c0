//! The crossentropy of independent yes-or-no answers.

use serde_json::{Value, json};

use super::{Rule, argument};
use crate::error::Result;
use crate::given::{Judged, Target};
use crate::keras::Fields;
use crate::kernels::loss::binary_crossentropy;

/// The crossentropy of independent yes-or-no answers.
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
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BinaryCrossentropy {
    /// Whether outputs are logits instead of probabilities.
    pub from_logits: bool,
    /// The share of the targets that is moved to one half, from 0 to 1.
    pub label_smoothing: f64,
}

impl BinaryCrossentropy {
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

    /// The share of the targets that is moved to one half, from 0 to 1.
    #[must_use]
    pub const fn label_smoothing(self, label_smoothing: f64) -> Self {
        Self { label_smoothing, ..self }
    }
}

impl Rule for BinaryCrossentropy {
    const CLASS: &'static str = "BinaryCrossentropy";
    const NAME: &'static str = "binary_crossentropy";

    fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<f64> {
        let Target::Values(target) = judged.target else { unreachable!("targets are of the loss's form") };
        Ok(binary_crossentropy(target, judged.output, self.from_logits, self.label_smoothing, judged.mask, d_output))
    }

    fn write(&self) -> Value {
        json!({ "from_logits": self.from_logits, "label_smoothing": self.label_smoothing, "axis": -1 })
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { from_logits: fields.boolean("from_logits", false)?, label_smoothing: fields.number("label_smoothing", 0.0)? })
    }

    fn check(&self) -> Result<()> {
        argument(Self::CLASS, "label_smoothing", self.label_smoothing, 0.0..=1.0, "a number from 0 to 1")
    }
}
