//! The share of right answers, in Keras's forms.

use super::of_losses::{NO_LABELS, ONLY_LABELS};
use super::state::Share;
use super::{Rule, State};
use crate::arguments::arguments;
use crate::error::Result;
use crate::given::{Judged, Port, Target, TargetForm};
use crate::kernels::metric;
use crate::losses::{argument, unsuitable};

arguments! {
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
    pub struct Accuracy;
}

arguments! {
    /// The share of rows whose largest element is where the target's is; of several, the first is.
    pub struct CategoricalAccuracy;
}

arguments! {
    /// The share of rows whose largest element is at the class number that the target is; of several, the first is.
    pub struct SparseCategoricalAccuracy;
}

arguments! {
    /// The share of elements on the target's side of a threshold, 0.5 unless another is given.
    ///
    /// ```
    /// use model_core::metrics::BinaryAccuracy;
    ///
    /// let of_logits = BinaryAccuracy::new().threshold(0.0);
    /// assert_eq!(of_logits.threshold, 0.0);
    /// ```
    #[derive(Copy)]
    pub struct BinaryAccuracy {
        /// Above it means yes. 0.5 by default.
        threshold: f64 = 0.5,
    }
}

arguments! {
    /// The share of elements that equal their target exactly: Keras's class `Accuracy`. It judges class numbers and other whole numbers,
    /// not probabilities; for these, [`Accuracy`] is what Keras's string `"accuracy"` stands for.
    ///
    /// Source: <https://keras.io/api/metrics/accuracy_metrics/#accuracy-class>.
    pub struct ExactAccuracy;
}

arguments! {
    /// The share of rows of which the target's largest element is among the `k` largest. As many as are equally large are among them.
    ///
    /// Source: <https://keras.io/api/metrics/accuracy_metrics/>.
    #[derive(Copy)]
    pub struct TopKCategoricalAccuracy {
        /// How many of the largest are looked at. 5 by default.
        k: usize = 5,
    }
}

arguments! {
    /// The share of rows of which the class number that the target is, is among the `k` largest. As many as are equally large are among them.
    ///
    /// ```
    /// use model_core::metrics::{MetricValue, SparseTopKCategoricalAccuracy};
    /// use ndarray::array;
    ///
    /// let mut value = MetricValue::new(SparseTopKCategoricalAccuracy::new().k(2_usize));
    /// value.update_state(array![2, 0], array![[0.1, 0.9, 0.8], [0.05, 0.95, 0.0]])?;
    /// assert_eq!(value.result(), 1.0);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/metrics/accuracy_metrics/>.
    #[derive(Copy)]
    pub struct SparseTopKCategoricalAccuracy {
        /// How many of the largest are looked at. 5 by default.
        k: usize = 5,
        /// Whether outputs are class numbers already, the likeliest first. By default they are not.
        from_sorted_ids: bool = false,
    }
}

/// What is right, once the form is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Measure {
    /// Rows with the largest element in the same place.
    Matches,
    /// Rows with the largest element where the label says.
    SparseMatches,
    /// Elements on the target's side of a threshold.
    BinaryMatches {
        /// Above it means yes.
        threshold: f64,
    },
    /// Elements that equal the target's.
    Equals,
    /// Rows of which the target's largest element is among the largest.
    TopMatches {
        /// So many are.
        k: usize,
    },
    /// Rows of which the label is among the largest.
    SparseTopMatches {
        /// So many are.
        k: usize,
    },
    /// Rows that have the label among the first elements.
    SortedMatches {
        /// So many are looked at.
        k: usize,
    },
}

/// The share of what is right.
#[derive(Clone, Copy, Debug)]
struct Right {
    measure: Measure,
    share: Share,
}

impl Measure {
    pub(super) fn share(self) -> Box<dyn State> {
        Box::new(Right { measure: self, share: Share::default() })
    }

    /// The sum over a batch of what is right, as much as it counts.
    fn sum(self, judged: &Judged<'_>) -> f64 {
        let (output, row, mask) = (judged.output, judged.row(), judged.mask);
        match (self, judged.target) {
            (Self::Matches, Target::Values(values)) => metric::categorical_matches(values, output, row, mask),
            (Self::SparseMatches, Target::Labels(labels)) => metric::sparse_categorical_matches(labels, output, row, mask),
            (Self::BinaryMatches { threshold }, Target::Values(values)) => {
                metric::binary_matches(values, output, threshold, mask)
            }
            (Self::Equals, Target::Values(values)) => metric::equals(values, output, mask),
            (Self::TopMatches { k }, Target::Values(values)) => metric::top_k_matches(values, output, row, k, mask),
            (Self::SparseTopMatches { k }, Target::Labels(labels)) => metric::sparse_top_k_matches(labels, output, row, k, mask),
            (Self::SortedMatches { k }, Target::Labels(labels)) => metric::sorted_matches(labels, output, row, k, mask),
            _ => unreachable!("the measure was chosen for the targets' form"),
        }
    }

    /// How many rows or elements a batch has.
    fn numbers(self, judged: &Judged<'_>) -> usize {
        match self {
            Self::BinaryMatches { .. } | Self::Equals => judged.output.len(),
            _ => judged.output.len() / judged.row().max(1),
        }
    }
}

impl State for Right {
    fn add(&mut self, judged: Judged<'_>) -> Result<()> {
        let numbers = self.measure.numbers(&judged);
        self.share.add(self.measure.sum(&judged), judged.counted(numbers), (numbers, judged.samples));
        Ok(())
    }

    fn value(&self, _place: usize) -> f64 {
        self.share.mean()
    }

    fn clear(&mut self) {
        self.share = Share::default();
    }
}

/// Of targets of the output's shape.
fn of_values(class: &str, (form, port): (TargetForm, &Port), measure: Measure) -> Result<Box<dyn State>> {
    if form == TargetForm::Values { Ok(measure.share()) } else { Err(unsuitable(class, port, NO_LABELS)) }
}

/// Of class numbers.
fn of_labels(class: &str, (form, port): (TargetForm, &Port), measure: Measure) -> Result<Box<dyn State>> {
    if form == TargetForm::Values { Err(unsuitable(class, port, ONLY_LABELS)) } else { Ok(measure.share()) }
}

impl Rule for Accuracy {
    const CLASS: &'static str = "Accuracy";
    const NAME: &'static str = "accuracy";
    const IS_FORM: bool = true;

    fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
        match form {
            TargetForm::Values if port.nominal_row() == 1 => BinaryAccuracy::new().state(form, port),
            TargetForm::Values => CategoricalAccuracy.state(form, port),
            _ => SparseCategoricalAccuracy.state(form, port),
        }
    }
}

impl Rule for CategoricalAccuracy {
    const CLASS: &'static str = "CategoricalAccuracy";
    const NAME: &'static str = "categorical_accuracy";

    fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
        of_values(Self::CLASS, (form, port), Measure::Matches)
    }
}

impl Rule for SparseCategoricalAccuracy {
    const CLASS: &'static str = "SparseCategoricalAccuracy";
    const NAME: &'static str = "sparse_categorical_accuracy";

    fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
        of_labels(Self::CLASS, (form, port), Measure::SparseMatches)
    }
}

impl Rule for BinaryAccuracy {
    const CLASS: &'static str = "BinaryAccuracy";
    const NAME: &'static str = "binary_accuracy";

    fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
        of_values(Self::CLASS, (form, port), Measure::BinaryMatches { threshold: self.threshold })
    }

    /// Logits have any threshold.
    fn check(&self) -> Result<()> {
        argument(Self::CLASS, "threshold", self.threshold, f64::MIN..=f64::MAX, "a finite number")
    }
}

impl Rule for ExactAccuracy {
    const CLASS: &'static str = "Accuracy";
    const NAME: &'static str = "accuracy";

    fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
        of_values(Self::CLASS, (form, port), Measure::Equals)
    }
}

impl Rule for TopKCategoricalAccuracy {
    const CLASS: &'static str = "TopKCategoricalAccuracy";
    const NAME: &'static str = "top_k_categorical_accuracy";

    fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
        of_values(Self::CLASS, (form, port), Measure::TopMatches { k: self.k })
    }

    fn check(&self) -> Result<()> {
        argument(Self::CLASS, "k", self.k as f64, 1.0.., "at least 1")
    }
}

impl Rule for SparseTopKCategoricalAccuracy {
    const CLASS: &'static str = "SparseTopKCategoricalAccuracy";
    const NAME: &'static str = "sparse_top_k_categorical_accuracy";

    fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
        let k = self.k;
        let measure = if self.from_sorted_ids { Measure::SortedMatches { k } } else { Measure::SparseTopMatches { k } };
        of_labels(Self::CLASS, (form, port), measure)
    }

    /// Numbers of classes of which the output lists some may be larger than that list is long.
    fn labels(&self) -> TargetForm {
        if self.from_sorted_ids { TargetForm::Identities } else { TargetForm::Labels }
    }

    fn check(&self) -> Result<()> {
        argument(Self::CLASS, "k", self.k as f64, 1.0.., "at least 1")
    }
}
