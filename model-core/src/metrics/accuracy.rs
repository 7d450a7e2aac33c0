//! The share of right answers, in Keras's four forms.

use serde_json::{Value, json};

use super::{Complaint, Measure, Rule, State};
use crate::error::Result;
use crate::given::TargetForm;
use crate::keras::Fields;

/// The share of right answers, in the form that the loss and the output's shape ask for, as Keras's `"accuracy"`.
///
/// | targets | last axis | form |
/// |---|---|---|
/// | class numbers | classes | [`SparseCategoricalAccuracy`] |
/// | as the output | 1 | [`BinaryAccuracy`] with threshold 0.5 |
/// | as the output | more | [`CategoricalAccuracy`] |
///
/// As in Keras, the threshold is 0.5 for logits too: for those, write `BinaryAccuracy::new().threshold(0.0)`. Keras's class of this name,
/// which its string is not, is [`ExactAccuracy`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Accuracy;

impl Rule for Accuracy {
    const CLASS: &'static str = "Accuracy";
    const NAME: &'static str = "accuracy";
    const STRINGS: &'static [&'static str] = &["accuracy", "acc", "Accuracy"];
    const IS_FORM: bool = true;

    fn state(&self, form: TargetForm, size: usize) -> Result<Box<dyn State>, Complaint> {
        match form {
            TargetForm::Labels => SparseCategoricalAccuracy.state(form, size),
            TargetForm::Values if size == 1 => BinaryAccuracy::new().state(form, size),
            TargetForm::Values => CategoricalAccuracy.state(form, size),
        }
    }
}

/// The share of rows whose largest element is where the target's is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CategoricalAccuracy;

impl Rule for CategoricalAccuracy {
    const CLASS: &'static str = "CategoricalAccuracy";
    const NAME: &'static str = "categorical_accuracy";
    const STRINGS: &'static [&'static str] = &[Self::NAME, Self::CLASS];

    fn state(&self, form: TargetForm, _size: usize) -> Result<Box<dyn State>, Complaint> {
        match form {
            TargetForm::Values => Ok(Measure::Matches.mean()),
            TargetForm::Labels => Err(("targets of the output's shape", "class numbers go with `SparseCategoricalAccuracy`")),
        }
    }
}

/// The share of rows whose largest element is at the class number that the target is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SparseCategoricalAccuracy;

impl Rule for SparseCategoricalAccuracy {
    const CLASS: &'static str = "SparseCategoricalAccuracy";
    const NAME: &'static str = "sparse_categorical_accuracy";
    const STRINGS: &'static [&'static str] = &[Self::NAME, Self::CLASS];

    fn state(&self, form: TargetForm, _size: usize) -> Result<Box<dyn State>, Complaint> {
        match form {
            TargetForm::Labels => Ok(Measure::SparseMatches.mean()),
            TargetForm::Values => Err(("a loss that takes class numbers", "distributions go with `CategoricalAccuracy`")),
        }
    }
}

/// The share of elements on the target's side of a threshold, 0.5 unless another is given.
///
/// ```
/// use model_core::metrics::BinaryAccuracy;
///
/// let of_logits = BinaryAccuracy::new().threshold(0.0);
/// assert_eq!(of_logits.threshold, 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinaryAccuracy {
    /// Above it means yes.
    pub threshold: f64,
}

impl BinaryAccuracy {
    /// The metric with threshold 0.5.
    #[must_use]
    pub const fn new() -> Self {
        Self { threshold: 0.5 }
    }

    /// With another threshold.
    #[must_use]
    pub const fn threshold(self, threshold: f64) -> Self {
        Self { threshold }
    }
}

impl Default for BinaryAccuracy {
    fn default() -> Self {
        Self::new()
    }
}

impl Rule for BinaryAccuracy {
    const CLASS: &'static str = "BinaryAccuracy";
    const NAME: &'static str = "binary_accuracy";
    const STRINGS: &'static [&'static str] = &[Self::NAME, Self::CLASS];

    fn state(&self, form: TargetForm, _size: usize) -> Result<Box<dyn State>, Complaint> {
        match form {
            TargetForm::Values => Ok(Measure::BinaryMatches { threshold: self.threshold }.mean()),
            TargetForm::Labels => Err(("targets of the output's shape", "class numbers go with `SparseCategoricalAccuracy`")),
        }
    }

    fn write(&self) -> Value {
        json!({ "threshold": self.threshold })
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { threshold: fields.number("threshold", 0.5)? })
    }
}

/// The share of elements that equal their target exactly: Keras's class `Accuracy`. It judges class numbers and other whole numbers,
/// not probabilities; for these, [`Accuracy`] is what Keras's string `"accuracy"` stands for.
///
/// Source: <https://keras.io/api/metrics/accuracy_metrics/#accuracy-class>.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ExactAccuracy;

impl Rule for ExactAccuracy {
    const CLASS: &'static str = "Accuracy";
    const NAME: &'static str = "accuracy";
    const STRINGS: &'static [&'static str] = &[];

    fn state(&self, form: TargetForm, _size: usize) -> Result<Box<dyn State>, Complaint> {
        match form {
            TargetForm::Values => Ok(Measure::Equals.mean()),
            TargetForm::Labels => Err(("targets of the output's shape", "class numbers go with `SparseCategoricalAccuracy`")),
        }
    }
}
