//! The area under a curve of thresholds.

use super::buckets::{Buckets, Counts, Thresholds, share};
use super::confusion::ONE_HOT;
use super::{Rule, State};
use crate::arguments::{arguments, words};
use crate::error::{Error, Result};
use crate::given::{Judged, Port, Target, TargetForm};
use crate::losses::{argument, unsuitable};

words! {
    /// What a curve is of, at each threshold.
    pub enum Curve: "`ROC`, `PR` or `PRGAIN`" {
        /// The share of yes that is found, over the share of no that is taken for it.
        Roc = "ROC",
        /// Precision over recall.
        Pr = "PR",
        /// What precision gains over what recall gains.
        PrGain = "PRGAIN",
    }
}

words! {
    /// How high a curve is taken to be between two thresholds.
    pub enum Summation: "`interpolation`, `majoring` or `minoring`" {
        /// As high as in the middle; under precision and recall as in Davis and Goadrich, 2006.
        Interpolation = "interpolation",
        /// As high as at the higher of both.
        Majoring = "majoring",
        /// As high as at the lower of both.
        Minoring = "minoring",
    }
}

arguments! {
    /// The area under a curve of thresholds, of what has been counted at each of them over all of an epoch.
    ///
    /// Targets are ones among zeros, of the output's shape.
    ///
    /// ```
    /// use model_core::metrics::{AUC, Curve, MetricValue};
    /// use ndarray::array;
    ///
    /// let mut area = MetricValue::new(AUC::new());
    /// area.update_state(array![0.0, 0.0, 1.0, 1.0], array![0.0, 0.5, 0.3, 0.9])?;
    /// assert!((area.result() - 0.75).abs() < 1e-6);
    /// let precisely = AUC::new().curve(Curve::Pr).num_thresholds(1000_usize);
    /// assert_eq!(precisely.num_thresholds, 1000);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/metrics/classification_metrics/>.
    pub struct AUC {
        /// How many thresholds there are, at least 2. 200 by default.
        num_thresholds: usize = 200,
        /// The curve. [`Curve::Roc`] by default.
        curve: Curve = Curve::Roc,
        /// How high it is between two thresholds. [`Summation::Interpolation`] by default.
        summation_method: Summation = Summation::Interpolation,
        /// The thresholds between 0 and 1, in place of `num_thresholds`.
        thresholds: Thresholds = Thresholds::DEFAULT,
        /// Whether each column has a curve of its own, of whose areas it is the mean. Not by default.
        multi_label: bool = false,
        /// How many columns there are, where each has a curve of its own: by default as many as the output has.
        num_labels: Option<usize> = None,
        /// How much each column counts. By default as much as any other.
        label_weights: Option<Vec<f64>> = None,
        /// For outputs that are logits instead of probabilities.
        from_logits: bool = false => constructor,
    }
}

/// The counts of the thresholds.
#[derive(Clone, Debug)]
struct Area {
    auc: AUC,
    buckets: Buckets,
    columns: usize,
}

impl AUC {
    fn complaint(&self, form: TargetForm, port: &Port) -> Option<(&'static str, &'static str)> {
        const KNOWN: &str = "a last axis whose size is a number";
        const HELP: &str = "each column has a curve or a weight of its own, `multi_label` or `label_weights`";
        let needs_size = self.multi_label || self.label_weights.is_some();
        let row = port.known_row();
        if form != TargetForm::Values {
            Some(ONE_HOT)
        } else if needs_size && row.is_none() {
            Some((KNOWN, HELP))
        } else if self.multi_label && port.rank() != 1 {
            Some(("[samples, labels]", "with `multi_label` each column has a curve of its own"))
        } else if self.num_labels.is_some_and(|labels| Some(labels) != row) {
            Some(("a last axis of `num_labels` columns", "leave `num_labels` out: it follows from the output"))
        } else if self.label_weights.as_ref().is_some_and(|weights| Some(weights.len()) != row) {
            Some(("a last axis with a column for each of `label_weights`", HELP))
        } else {
            None
        }
    }

    fn weight(&self, column: usize) -> f64 {
        self.label_weights.as_ref().map_or(1.0, |weights| weights[column])
    }
}

impl Rule for AUC {
    const CLASS: &'static str = "AUC";
    const NAME: &'static str = "auc";

    fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
        if let Some(complaint) = self.complaint(form, port) {
            return Err(unsuitable(Self::CLASS, port, complaint));
        }
        let columns = if self.multi_label { port.nominal_row() } else { 1 };
        let buckets = match self.thresholds.as_slice() {
            [] => Buckets::even(self.num_thresholds, true, columns),
            given => Buckets::of(given, true, columns),
        };
        Ok(Box::new(Area { auc: self.clone(), buckets, columns }))
    }

    fn check(&self) -> Result<()> {
        self.thresholds.check(Self::CLASS)?;
        argument(Self::CLASS, "num_thresholds", self.num_thresholds as f64, 2.0.., "at least 2")?;
        for &weight in self.label_weights.iter().flatten() {
            argument(Self::CLASS, "label_weights", weight, 0.0..f64::INFINITY, "numbers of at least 0")?;
        }
        if self.num_labels.is_none() || self.multi_label {
            return Ok(());
        }
        let (owner, argument, expected) = (Self::CLASS, "num_labels", "none unless `multi_label` is true");
        Err(Error::Argument { owner, argument, expected, found: "a number".to_owned() })
    }
}

impl State for Area {
    fn add(&mut self, judged: Judged<'_>) -> Result<()> {
        let Target::Values(truth) = judged.target else { unreachable!("targets are of the metric's form") };
        let (row, elements) = (judged.row(), judged.output.len());
        for (place, (&truth, &output)) in truth.iter().zip(judged.output).enumerate() {
            let answer = if self.auc.from_logits { 1.0 / (1.0 + (-output).exp()) } else { output };
            let (column, own) = if self.auc.multi_label { (place % row, 1.0) } else { (0, self.auc.weight(place % row)) };
            self.buckets.add(column, answer, truth != 0.0, own * judged.weight(place, elements));
        }
        Ok(())
    }

    fn value(&self, _place: usize) -> f64 {
        let area = |column: usize| area(self.auc.curve, self.auc.summation_method, self.buckets.points(column));
        if !self.auc.multi_label {
            return area(0);
        }
        let weights: f64 = (0..self.columns).map(|column| self.auc.weight(column)).sum();
        let sum: f64 = (0..self.columns).map(|column| self.auc.weight(column) * area(column)).sum();
        if weights == 0.0 { 0.0 } else { sum / weights }
    }

    fn clear(&mut self) {
        self.buckets.clear();
    }
}

/// The area under a curve, whose points are given from the last threshold on.
fn area(curve: Curve, summation: Summation, points: impl Iterator<Item = Counts>) -> f64 {
    let mut area = 0.0;
    let mut after: Option<Counts> = None;
    for point in points {
        area += after.map_or(0.0, |after| match (curve, summation) {
            (Curve::Pr, Summation::Interpolation) => interpolated(&point, &after),
            _ => strip(curve, summation, &point, &after),
        });
        after = Some(point);
    }
    area
}

/// The area between two points.
fn strip(curve: Curve, summation: Summation, point: &Counts, after: &Counts) -> f64 {
    let ((x, y), (next_x, next_y)) = (place(curve, point), place(curve, after));
    let height = match summation {
        Summation::Interpolation => (y + next_y) / 2.0,
        Summation::Majoring => y.max(next_y),
        Summation::Minoring => y.min(next_y),
    };
    (x - next_x) * height
}

/// Where a point of a curve is.
fn place(curve: Curve, counts: &Counts) -> (f64, f64) {
    match curve {
        Curve::Roc => (share(counts.false_positives, counts.true_negatives), counts.recall()),
        Curve::Pr => (counts.recall(), counts.precision()),
        Curve::PrGain if counts.true_positives == 0.0 => (0.0, 1.0),
        Curve::PrGain => {
            let negatives = counts.true_negatives + counts.false_positives;
            let positives = counts.true_positives + counts.false_negatives;
            let scale = if negatives == 0.0 { 0.0 } else { positives / negatives };
            let gain = |wrong: f64| 1.0 - scale * wrong / counts.true_positives;
            (gain(counts.false_negatives).max(0.0), gain(counts.false_positives))
        }
    }
}

/// The area between two points of precision over recall, where both counts change in a line between them.
fn interpolated(point: &Counts, after: &Counts) -> f64 {
    let divide = |a: f64, b: f64| if b == 0.0 { 0.0 } else { a / b };
    let found = |counts: &Counts| counts.true_positives + counts.false_positives;
    let (now, next) = (found(point), found(after));
    let gained = point.true_positives - after.true_positives;
    let slope = divide(gained, (now - next).max(0.0));
    let intercept = after.true_positives - slope * next;
    let ratio = if now > 0.0 && next > 0.0 { now / next } else { 1.0 };
    divide(slope * (gained + intercept * ratio.ln()), after.true_positives + after.false_negatives)
}
