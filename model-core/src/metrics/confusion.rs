//! Metrics that count right and wrong answers apart, at thresholds.

use super::buckets::{Buckets, Counts, Thresholds, check_class};
use super::{Rule, State};
use crate::arguments::arguments;
use crate::error::{Error, Result};
use crate::given::{Judged, Port, Target, TargetForm};
use crate::losses::{Complaint, unsuitable};

/// What stands for an element that is none of the largest, as in Keras.
const LOWEST: f32 = -1e10;

/// What metrics of answers say to class numbers.
pub(super) const ONE_HOT: Complaint =
    ("targets of the output's shape", "give class numbers as ones among zeros, with `CategoricalCrossentropy`");

/// What they say to a class that is not there.
pub(super) const NO_CLASS: Complaint = ("a last axis that has the class `class_id`", "classes are counted from 0");

/// Which answers are looked at.
#[derive(Clone, Copy, Debug, Default)]
struct Looked {
    /// So many elements of a row, the largest, may mean yes.
    top_k: Option<usize>,
    /// The only class that is looked at.
    class_id: Option<usize>,
}

/// The counts at each threshold.
#[derive(Clone, Debug)]
struct Confusion {
    looked: Looked,
    check: fn(Option<usize>, &Judged<'_>) -> Result<()>,
    buckets: Buckets,
    /// The place of each threshold among all, in ascending order.
    places: Vec<usize>,
    /// What is reported of them.
    value: fn(&Counts) -> f64,
}

/// The state of a metric of answers.
fn state<R: Rule>(
    thresholds: &Thresholds,
    looked: Looked,
    (form, port): (TargetForm, &Port),
    value: fn(&Counts) -> f64,
) -> Result<Box<dyn State>> {
    let size = port.nominal_row();
    let complaint = if form != TargetForm::Values {
        Some(ONE_HOT)
    } else if looked.class_id.is_some_and(|class| class >= size) {
        Some(NO_CLASS)
    } else if looked.top_k.is_some_and(|most| most > size) {
        Some(("a last axis of at least `top_k` classes", "`top_k` is how many of a row may mean yes"))
    } else {
        None
    };
    if let Some(complaint) = complaint {
        return Err(unsuitable(R::CLASS, port, complaint));
    }
    let thresholds = match (thresholds.as_slice(), looked.top_k) {
        ([], None) => &[0.5],
        ([], Some(_)) => &[LOWEST as f64],
        (given, _) => given,
    };
    let below = |i: usize, other: usize| {
        let (one, two) = (thresholds[i], thresholds[other]);
        two < one || (two == one && other < i)
    };
    let many = 0..thresholds.len();
    let places = many.clone().map(|i| many.clone().filter(|&other| below(i, other)).count()).collect();
    let buckets = Buckets::of(thresholds, false, 1);
    Ok(Box::new(Confusion { looked, check: check_class::<R>, buckets, places, value }))
}

impl Looked {
    /// What stands for an element: itself, or what is none of the largest. Of equal ones, the first are.
    fn answer(self, output: &[f32], place: usize) -> f32 {
        let Some(most) = self.top_k else { return output[place] };
        let is_before = |(other, value): (usize, &f32)| *value > output[place] || (*value == output[place] && other < place);
        let is_low = output.iter().enumerate().filter(|element| is_before(*element)).count() >= most;
        if is_low { LOWEST } else { output[place] }
    }
}

impl State for Confusion {
    fn add(&mut self, judged: Judged<'_>) -> Result<()> {
        let Target::Values(truth) = judged.target else { unreachable!("targets are of the metric's form") };
        (self.check)(self.looked.class_id, &judged)?;
        let (row, looked) = (judged.row(), self.looked);
        let rows = judged.output.len() / row;
        for (i, (truth, output)) in truth.chunks_exact(row).zip(judged.output.chunks_exact(row)).enumerate() {
            for place in looked.class_id.map_or(0..row, |class| class..class + 1) {
                let weight = if judged.mask.is_none() { 1.0 } else { judged.weight(i * row + place, rows * row) };
                self.buckets.add(0, looked.answer(output, place), truth[place] != 0.0, weight);
            }
        }
        Ok(())
    }

    fn count(&self) -> usize {
        self.places.len()
    }

    fn value(&self, place: usize) -> f64 {
        self.places.get(place).map_or(0.0, |&place| (self.value)(&self.buckets.at(place)))
    }

    fn clear(&mut self) {
        self.buckets.clear();
    }
}

/// Shares of answers: Keras's arguments of `Precision` and `Recall`.
macro_rules! shares {
    ($($(#[$doc:meta])* $name:ident = $snake:literal, $value:expr;)*) => {$(
        arguments! {
            $(#[$doc])*
            ///
            /// Targets are ones among zeros, of the output's shape. With several thresholds it has a value for each, which are reported as
            #[doc = concat!("`", $snake, "[0]`, `", $snake, "[1]` and so on.")]
            ///
            /// ```
            #[doc = concat!("use model_core::metrics::", stringify!($name), ";")]
            ///
            #[doc = concat!("let sure = ", stringify!($name), "::new().threshold(0.9).name(\"sure\");")]
            /// assert_eq!(sure.name(), "sure");
            /// ```
            ///
            /// Source: <https://keras.io/api/metrics/classification_metrics/>.
            pub struct $name {
                /// Above what an answer means yes, from 0 to 1. 0.5 by default; with `top_k` whatever is among the largest.
                thresholds: Thresholds = Thresholds::DEFAULT,
                /// So many elements of each row, the largest, may mean yes; without a threshold, all of these do.
                top_k: Option<usize> = None,
                /// Of this class alone, counted from 0 along the last axis.
                class_id: Option<usize> = None,
            }
        }

        impl $name {
            /// With another threshold, from 0 to 1: an element above it means yes.
            #[must_use]
            pub fn threshold(self, threshold: f64) -> Self {
                self.thresholds(threshold)
            }
        }

        impl Rule for $name {
            const CLASS: &'static str = stringify!($name);
            const NAME: &'static str = $snake;

            fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
                let looked = Looked { top_k: self.top_k, class_id: self.class_id };
                state::<Self>(&self.thresholds, looked, (form, port), $value)
            }

            fn check(&self) -> Result<()> {
                self.thresholds.check(Self::CLASS)?;
                match self.top_k {
                    Some(0) => {
                        let (owner, argument, expected) = (Self::CLASS, "top_k", "at least 1");
                        Err(Error::Argument { owner, argument, expected, found: "0".to_owned() })
                    }
                    Some(_) | None => Ok(()),
                }
            }
        }
    )*};
}

/// Numbers of answers.
macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident = $snake:literal, $value:expr;)*) => {$(
        arguments! {
            $(#[$doc])*
            ///
            /// Targets are ones among zeros, of the output's shape. With several thresholds it has a value for each, which are reported as
            #[doc = concat!("`", $snake, "[0]`, `", $snake, "[1]` and so on.")]
            ///
            /// Source: <https://keras.io/api/metrics/classification_metrics/>.
            pub struct $name {
                /// Above what an answer means yes, from 0 to 1. 0.5 by default.
                thresholds: Thresholds = Thresholds::DEFAULT,
            }
        }

        impl $name {
            /// With another threshold, from 0 to 1: an element above it means yes.
            #[must_use]
            pub fn threshold(self, threshold: f64) -> Self {
                self.thresholds(threshold)
            }
        }

        impl Rule for $name {
            const CLASS: &'static str = stringify!($name);
            const NAME: &'static str = $snake;

            fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
                state::<Self>(&self.thresholds, Looked::default(), (form, port), $value)
            }

            fn check(&self) -> Result<()> {
                self.thresholds.check(Self::CLASS)
            }
        }
    )*};
}

shares! {
    /// The share of right answers among those that say yes.
    Precision = "precision", Counts::precision;
    /// The share of right answers among those that should say yes.
    Recall = "recall", Counts::recall;
}

counts! {
    /// How many answers say yes, and should.
    TruePositives = "true_positives", |counts| counts.true_positives;
    /// How many answers say yes, and should not.
    FalsePositives = "false_positives", |counts| counts.false_positives;
    /// How many answers say no, and should.
    TrueNegatives = "true_negatives", |counts| counts.true_negatives;
    /// How many answers say no, and should not.
    FalseNegatives = "false_negatives", |counts| counts.false_negatives;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(metric: &impl Rule, truth: &[f32], output: &[f32], shape: &[usize], mask: Option<&[f32]>) -> Vec<f64> {
        let mut state = metric.state(TargetForm::Values, &Port::of("output", shape)).unwrap();
        let target = Target::Values(truth.into());
        let samples = output.len() / shape.iter().product::<usize>();
        state.add(Judged { target: &target, output, samples, shape, mask, counted: mask }).unwrap();
        (0..state.count()).map(|place| state.value(place)).collect()
    }

    /// What `keras.metrics.Precision` and `Recall` give for the same numbers.
    #[test]
    fn answers_are_counted_as_keras_counts_them() {
        let truth = [0.0, 1.0, 1.0, 1.0, 0.0, 1.0];
        let output = [1.0, 0.0, 1.0, 1.0, 0.4, 0.6];
        assert_eq!(value(&Precision::new(), &truth, &output, &[1], None), [0.75]);
        assert_eq!(value(&Recall::new(), &truth, &output, &[1], None), [0.75]);
        assert_eq!(value(&Precision::new().thresholds([0.7, 0.3]), &truth, &output, &[3], None), [2.0 / 3.0, 0.6]);
        assert_eq!(value(&Precision::new().top_k(1_usize), &truth, &output, &[3], None), [0.5]);
        assert_eq!(value(&Recall::new().class_id(2_usize), &truth, &output, &[3], None), [1.0]);
        assert_eq!(value(&Recall::new(), &truth, &output, &[1], Some(&[1.0, 0.0, 1.0, 1.0, 1.0, 1.0])), [1.0]);
        assert_eq!(value(&Precision::new(), &[0.0; 2], &[0.0; 2], &[2], None), [0.0]);
        assert_eq!(value(&FalsePositives::new(), &truth, &output, &[3], Some(&[2.5, 1.0])), [2.5]);
        assert_eq!(value(&TrueNegatives::new(), &truth, &output, &[3], Some(&[2.5, 0.5])), [0.5]);
    }

    #[test]
    fn arguments_are_checked() {
        let port = Port::of("output", &[3]);
        assert!(Precision::new().threshold(1.5).check().is_err());
        assert!(TruePositives::new().threshold(f64::NAN).check().is_err());
        assert!(Recall::new().top_k(0_usize).check().is_err());
        assert!(Recall::new().top_k(4_usize).state(TargetForm::Values, &port).is_err());
        assert!(Precision::new().class_id(3_usize).state(TargetForm::Values, &port).is_err());
        assert!(Precision::new().state(TargetForm::Labels, &port).is_err());
    }
}
