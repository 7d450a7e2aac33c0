//! Keras's string `"crossentropy"`: the cross-entropy that outputs and targets ask for by their shapes.

use super::{BinaryCrossentropy, CategoricalCrossentropy, Rule, SparseCategoricalCrossentropy};
use crate::error::Result;
use crate::given::{Judged, Mean, Target};
use crate::variable::Var;

/// The cross-entropy that is chosen, by the string that it was asked for.
///
/// | last axis of the output | targets | loss |
/// |---|---|---|
/// | 1 | any | `BinaryCrossentropy` |
/// | more | class numbers | `SparseCategoricalCrossentropy` |
/// | more | of the output's shape | `CategoricalCrossentropy` |
#[derive(Clone, Debug, PartialEq)]
pub struct Crossentropy(String);

impl Crossentropy {
    /// What a string stands for, in any case.
    pub(super) fn of_string(string: &str) -> Option<Self> {
        let is_one = ["crossentropy", "ce"].iter().any(|name| name.eq_ignore_ascii_case(string));
        is_one.then(|| Self(string.to_owned()))
    }

    pub(super) fn name(&self) -> &str {
        &self.0
    }

    pub(super) fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<Mean> {
        match judged.target {
            Target::Values(_) if judged.row() == 1 => Rule::mean(&BinaryCrossentropy::new(), judged, d_output),
            Target::Values(_) => Rule::mean(&CategoricalCrossentropy::new(), judged, d_output),
            Target::Labels(_) => Rule::mean(&SparseCategoricalCrossentropy::new(), judged, d_output),
        }
    }

    pub(super) fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        let is_single = output.shape().last() == Some(&1);
        match truth.shape().len() == output.shape().len() {
            true if is_single => Rule::values(&BinaryCrossentropy::new(), truth, output),
            true => Rule::values(&CategoricalCrossentropy::new(), truth, output),
            false => Rule::values(&SparseCategoricalCrossentropy::new(), truth, output),
        }
    }
}
