//! Metrics that count right and wrong answers apart: precision and recall.

use serde_json::{Value, json};

use super::{Complaint, Rule, State};
use crate::error::{Error, Result};
use crate::given::{Judged, Target, TargetForm};
use crate::keras::{Fields, wrong};

/// What stands for an element that is none of the largest, as in Keras.
const LOWEST: f32 = -1e10;

/// Which answers are yes, and which are looked at.
#[derive(Clone, Debug, Default, PartialEq)]
struct Answers {
    /// Above one, an element means yes; the metric has a value for each. None where it is as by default.
    thresholds: Vec<f64>,
    /// So many elements of a row, the largest, may mean yes.
    top_k: Option<usize>,
    /// The only class that is looked at.
    class_id: Option<usize>,
}

/// How many answers there are of each kind, as much as they count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Counts {
    true_positives: f64,
    false_positives: f64,
    false_negatives: f64,
}

/// The counts at each threshold.
#[derive(Clone, Debug)]
struct Confusion {
    owner: &'static str,
    answers: Answers,
    counts: Vec<Counts>,
    /// What is reported of them.
    value: fn(&Counts) -> f64,
}

impl Answers {
    /// The thresholds, and the one that stands for none.
    fn thresholds(&self) -> Vec<f64> {
        match (self.thresholds.as_slice(), self.top_k) {
            ([], None) => vec![0.5],
            ([], Some(_)) => vec![f64::from(LOWEST)],
            (given, _) => given.to_vec(),
        }
    }

    fn check(&self, owner: &'static str) -> Result<()> {
        if let Some(threshold) = self.thresholds.iter().find(|threshold| !(0.0..=1.0).contains(*threshold)) {
            let (argument, expected) = ("thresholds", "numbers from 0 to 1");
            return Err(Error::Argument { owner, argument, expected, found: threshold.to_string() });
        }
        match self.top_k {
            Some(0) => Err(Error::Argument { owner, argument: "top_k", expected: "at least 1", found: "0".to_owned() }),
            Some(_) | None => Ok(()),
        }
    }

    fn state(
        &self,
        owner: &'static str,
        (form, size): (TargetForm, usize),
        value: fn(&Counts) -> f64,
    ) -> Result<Box<dyn State>, Complaint> {
        if form == TargetForm::Labels {
            return Err((
                "targets of the output's shape",
                "give class numbers as ones among zeros, with `CategoricalCrossentropy`",
            ));
        }
        if self.class_id.is_some_and(|class| class >= size) {
            return Err(("a last axis that has the class `class_id`", "classes are counted from 0"));
        }
        if self.top_k.is_some_and(|most| most > size) {
            return Err(("a last axis of at least `top_k` classes", "`top_k` is how many of a row may mean yes"));
        }
        let counts = vec![Counts::default(); self.thresholds().len()];
        Ok(Box::new(Confusion { owner, answers: self.clone(), counts, value }))
    }

    fn write(&self) -> Value {
        let thresholds = match self.thresholds.as_slice() {
            [] => Value::Null,
            [only] => json!(only),
            several => json!(several),
        };
        json!({ "thresholds": thresholds, "top_k": self.top_k, "class_id": self.class_id })
    }

    fn read(owner: &str, fields: &mut Fields<'_>) -> Result<Self> {
        let thresholds = match fields.value("thresholds") {
            Value::Null => Vec::new(),
            value => match value.as_f64() {
                Some(only) => vec![only],
                None => serde_json::from_value(value.clone())
                    .map_err(|_| wrong(owner, "thresholds", "a number, a list of numbers, or null", &value))?,
            },
        };
        let mut whole = |key: &str| match fields.value(key) {
            Value::Null => Ok(None),
            value => match value.as_u64().and_then(|number| usize::try_from(number).ok()) {
                Some(number) => Ok(Some(number)),
                None => Err(wrong(owner, key, "a whole number of at least 0, or null", &value)),
            },
        };
        Ok(Self { thresholds, top_k: whole("top_k")?, class_id: whole("class_id")? })
    }
}

impl Confusion {
    /// Counts a row of elements, of which each counts so much.
    fn count(&mut self, thresholds: &[f32], (truth, output): (&[f32], &[f32]), weight: f64) {
        let class = self.answers.class_id;
        for place in class.map_or(0..output.len(), |class| class..class + 1) {
            let answer = if self.is_low(output, place) { LOWEST } else { output[place] };
            for (counts, &threshold) in self.counts.iter_mut().zip(thresholds) {
                match (truth[place] != 0.0, answer > threshold) {
                    (true, true) => counts.true_positives += weight,
                    (false, true) => counts.false_positives += weight,
                    (true, false) => counts.false_negatives += weight,
                    (false, false) => {}
                }
            }
        }
    }

    /// Whether an element is none of the largest: of equal ones, the first are.
    fn is_low(&self, output: &[f32], place: usize) -> bool {
        let Some(most) = self.answers.top_k else { return false };
        let is_before = |(other, value): (usize, &f32)| *value > output[place] || (*value == output[place] && other < place);
        output.iter().enumerate().filter(|element| is_before(*element)).count() >= most
    }
}

impl State for Confusion {
    fn add(&mut self, judged: Judged<'_>) -> Result<()> {
        let Target::Values(truth) = judged.target else { unreachable!("targets are of the metric's form") };
        let row = judged.row();
        if let Some(class) = self.answers.class_id.filter(|&class| class >= row) {
            let (owner, argument, expected) = (self.owner, "class_id", "a class that the output has");
            return Err(Error::Argument { owner, argument, expected, found: class.to_string() });
        }
        let thresholds: Vec<f32> = self.answers.thresholds().into_iter().map(|threshold| threshold as f32).collect();
        let stretch = judged.mask.map_or(1, |mask| (judged.output.len() / row / mask.len().max(1)).max(1));
        for (place, rows) in truth.chunks_exact(row).zip(judged.output.chunks_exact(row)).enumerate() {
            let weight = judged.mask.map_or(1.0, |mask| f64::from(mask[place / stretch]));
            self.count(&thresholds, rows, weight);
        }
        Ok(())
    }

    fn count(&self) -> usize {
        self.counts.len()
    }

    fn value(&self, place: usize) -> f64 {
        self.counts.get(place).map_or(0.0, self.value)
    }

    fn clear(&mut self) {
        self.counts.fill(Counts::default());
    }

    fn fresh(&self) -> Box<dyn State> {
        let mut fresh = self.clone();
        fresh.clear();
        Box::new(fresh)
    }
}

/// A share of what there is; of nothing, it is zero.
fn share(part: f64, rest: f64) -> f64 {
    if part + rest == 0.0 { 0.0 } else { part / (part + rest) }
}

/// What the two have in common: Keras's arguments.
macro_rules! of_answers {
    ($($(#[$doc:meta])* $name:ident = $keras:literal, $snake:literal, $value:expr;)*) => {$(
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
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name(Answers);

        impl $name {
            /// The metric with threshold 0.5.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            /// With another threshold, from 0 to 1: an element above it means yes.
            #[must_use]
            pub fn threshold(self, threshold: f64) -> Self {
                self.thresholds([threshold])
            }

            /// With several thresholds.
            #[must_use]
            pub fn thresholds(mut self, thresholds: impl Into<Vec<f64>>) -> Self {
                self.0.thresholds = thresholds.into();
                self
            }

            /// So many elements of each row, the largest, may mean yes; without a threshold, all of these do.
            #[must_use]
            pub fn top_k(mut self, top_k: usize) -> Self {
                self.0.top_k = Some(top_k);
                self
            }

            /// Of this class alone, counted from 0 along the last axis.
            #[must_use]
            pub fn class_id(mut self, class_id: usize) -> Self {
                self.0.class_id = Some(class_id);
                self
            }
        }

        impl Rule for $name {
            const CLASS: &'static str = $keras;
            const NAME: &'static str = $snake;
            const STRINGS: &'static [&'static str] = &[Self::NAME, Self::CLASS];

            fn state(&self, form: TargetForm, size: usize) -> Result<Box<dyn State>, Complaint> {
                self.0.state(Self::CLASS, (form, size), $value)
            }

            fn check(&self) -> Result<()> {
                self.0.check(Self::CLASS)
            }

            fn write(&self) -> Value {
                self.0.write()
            }

            fn read(fields: &mut Fields<'_>) -> Result<Self> {
                Answers::read(Self::CLASS, fields).map(Self)
            }
        }
    )*};
}

of_answers! {
    /// The share of right answers among those that say yes.
    Precision = "Precision", "precision", |counts| share(counts.true_positives, counts.false_positives);
    /// The share of right answers among those that should say yes.
    Recall = "Recall", "recall", |counts| share(counts.true_positives, counts.false_negatives);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(metric: &impl Rule, truth: &[f32], output: &[f32], shape: &[usize], mask: Option<&[f32]>) -> Vec<f64> {
        let mut state = metric.state(TargetForm::Values, *shape.last().unwrap()).unwrap();
        let target = Target::Values(truth.into());
        let samples = output.len() / shape.iter().product::<usize>();
        state.add(Judged { target: &target, output, samples, shape, mask, factor: 1.0 }).unwrap();
        (0..state.count()).map(|place| state.value(place)).collect()
    }

    /// What `keras.metrics.Precision` and `Recall` give for the same numbers.
    #[test]
    fn answers_are_counted_as_keras_counts_them() {
        let truth = [0.0, 1.0, 1.0, 1.0, 0.0, 1.0];
        let output = [1.0, 0.0, 1.0, 1.0, 0.4, 0.6];
        assert_eq!(value(&Precision::new(), &truth, &output, &[1], None), [0.75]);
        assert_eq!(value(&Recall::new(), &truth, &output, &[1], None), [0.75]);
        assert_eq!(value(&Precision::new().thresholds([0.3, 0.7]), &truth, &output, &[3], None), [0.6, 2.0 / 3.0]);
        assert_eq!(value(&Precision::new().top_k(1), &truth, &output, &[3], None), [0.5]);
        assert_eq!(value(&Recall::new().class_id(2), &truth, &output, &[3], None), [1.0]);
        assert_eq!(value(&Recall::new(), &truth, &output, &[1], Some(&[1.0, 0.0, 1.0, 1.0, 1.0, 1.0])), [1.0]);
        assert_eq!(value(&Precision::new(), &[0.0; 2], &[0.0; 2], &[2], None), [0.0]);
    }

    #[test]
    fn arguments_are_checked() {
        assert!(Precision::new().threshold(1.5).check().is_err());
        assert!(Recall::new().top_k(0).check().is_err());
        assert!(Recall::new().top_k(4).state(TargetForm::Values, 3).is_err());
        assert!(Precision::new().class_id(3).state(TargetForm::Values, 3).is_err());
        assert!(Precision::new().state(TargetForm::Labels, 3).is_err());
    }
}
