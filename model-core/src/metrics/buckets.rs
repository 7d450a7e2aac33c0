//! Answers counted by the thresholds that they are above: what curves and counts at thresholds are made of. A batch is gone through once, and
//! nothing is sorted.

use serde_json::Value;

use super::Rule;
use crate::arguments::{Argument, one_or_several};
use crate::error::{Error, Result};
use crate::given::Judged;

/// How far from 0 and 1 the outer thresholds of curves are.
const EPSILON: f32 = 1e-7;

/// How many answers there are of each kind, as much as they count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Counts {
    pub(super) true_positives: f64,
    pub(super) false_positives: f64,
    pub(super) true_negatives: f64,
    pub(super) false_negatives: f64,
}

/// A share of what there is; of nothing, it is zero.
pub(super) fn share(part: f64, rest: f64) -> f64 {
    if part + rest == 0.0 { 0.0 } else { part / (part + rest) }
}

impl Counts {
    pub(super) fn precision(&self) -> f64 {
        share(self.true_positives, self.false_positives)
    }

    pub(super) fn recall(&self) -> f64 {
        share(self.true_positives, self.false_negatives)
    }

    pub(super) fn specificity(&self) -> f64 {
        share(self.true_negatives, self.false_positives)
    }
}

/// Above what an answer means yes: one number, or several. None where it is as by default.
///
/// ```
/// use model_core::metrics::Precision;
///
/// assert_eq!(Precision::new().thresholds([0.3, 0.7]).thresholds.as_slice(), [0.3, 0.7]);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thresholds(Vec<f64>);

impl Thresholds {
    /// As by default.
    pub(super) const DEFAULT: Self = Self(Vec::new());

    /// The numbers.
    #[must_use]
    pub fn as_slice(&self) -> &[f64] {
        &self.0
    }

    pub(super) fn check(&self, owner: &'static str) -> Result<()> {
        let Some(threshold) = self.0.iter().find(|threshold| !(0.0..=1.0).contains(*threshold)) else { return Ok(()) };
        let (argument, expected) = ("thresholds", "numbers from 0 to 1");
        Err(Error::Argument { owner, argument, expected, found: threshold.to_string() })
    }
}

impl From<f64> for Thresholds {
    fn from(threshold: f64) -> Self {
        Self(vec![threshold])
    }
}

impl From<Vec<f64>> for Thresholds {
    fn from(thresholds: Vec<f64>) -> Self {
        Self(thresholds)
    }
}

impl<const N: usize> From<[f64; N]> for Thresholds {
    fn from(thresholds: [f64; N]) -> Self {
        Self(thresholds.to_vec())
    }
}

impl Argument for Thresholds {
    const EXPECTED: &'static str = "a number, a list of numbers, or null";

    fn write(&self) -> Value {
        match self.as_slice() {
            [] => Value::Null,
            [one] => (*one).into(),
            several => several.into(),
        }
    }

    fn read(value: &Value) -> Option<Self> {
        if value.is_null() { Some(Self::DEFAULT) } else { one_or_several(value).map(Self) }
    }
}

/// Where thresholds are.
#[derive(Clone, Debug)]
enum Grid {
    /// So many from 0 to 1, at equal distances; the outermost are a little farther out, or not.
    Even { many: usize, is_open: bool },
    /// These, in ascending order.
    Given(Vec<f32>),
}

/// How much there is between thresholds, of what should be yes and of what should be no.
#[derive(Clone, Debug)]
pub(super) struct Buckets {
    grid: Grid,
    many: usize,
    /// In the order of the thresholds of each column: what is above as many of them.
    yes: Vec<f64>,
    no: Vec<f64>,
}

impl Buckets {
    /// Of so many thresholds from 0 to 1, in so many columns.
    pub(super) fn even(many: usize, is_open: bool, columns: usize) -> Self {
        Self::new(Grid::Even { many, is_open }, many, columns)
    }

    /// Of these thresholds; those of a curve have two more, below 0 and above 1.
    pub(super) fn of(thresholds: &[f64], is_open: bool, columns: usize) -> Self {
        let mut sorted: Vec<f64> = thresholds.to_vec();
        sorted.sort_by(f64::total_cmp);
        if is_open {
            sorted = [vec![0.0], sorted, vec![1.0]].concat();
        }
        // Keras looks at the order that thresholds are given in.
        if is_even(if is_open { &sorted } else { thresholds }) {
            return Self::even(sorted.len(), is_open, columns);
        }
        let mut given: Vec<f32> = sorted.iter().map(|&threshold| threshold as f32).collect();
        if is_open {
            let last = given.len() - 1;
            (given[0], given[last]) = (-EPSILON, 1.0 + EPSILON);
        }
        let many = given.len();
        Self::new(Grid::Given(given), many, columns)
    }

    fn new(grid: Grid, many: usize, columns: usize) -> Self {
        let none = vec![0.0; (many + 1) * columns];
        Self { grid, many, yes: none.clone(), no: none }
    }

    /// Counts an answer.
    pub(super) fn add(&mut self, column: usize, answer: f32, is_yes: bool, weight: f64) {
        let place = column * (self.many + 1) + self.grid.above(answer);
        let counts = if is_yes { &mut self.yes } else { &mut self.no };
        counts[place] += weight;
    }

    /// The counts at the thresholds of a column, from the last threshold to the first.
    pub(super) fn points(&self, column: usize) -> impl Iterator<Item = Counts> {
        let place = column * (self.many + 1);
        let (yes, no) = (&self.yes[place..][..=self.many], &self.no[place..][..=self.many]);
        let (all_yes, all_no): (f64, f64) = (yes.iter().sum(), no.iter().sum());
        let above = yes.iter().zip(no).skip(1).rev();
        above.scan((0.0, 0.0), move |(true_positives, false_positives), (yes, no)| {
            (*true_positives, *false_positives) = (*true_positives + yes, *false_positives + no);
            let (true_positives, false_positives) = (*true_positives, *false_positives);
            let (true_negatives, false_negatives) = (all_no - false_positives, all_yes - true_positives);
            Some(Counts { true_positives, false_positives, true_negatives, false_negatives })
        })
    }

    /// The counts at one of the thresholds.
    pub(super) fn at(&self, threshold: usize) -> Counts {
        self.points(0).nth(self.many - 1 - threshold).unwrap_or_default()
    }

    pub(super) fn clear(&mut self) {
        self.yes.fill(0.0);
        self.no.fill(0.0);
    }
}

impl Grid {
    /// How many thresholds an answer is above.
    fn above(&self, answer: f32) -> usize {
        match self {
            Self::Even { many, is_open } => {
                let above = (answer.clamp(0.0, 1.0) * (*many as f32 - 1.0)).ceil() as usize;
                above.max(usize::from(*is_open))
            }
            Self::Given(thresholds) => thresholds.partition_point(|&threshold| threshold < answer),
        }
    }
}

/// Whether thresholds lie at equal distances from 0 to 1, as far as Keras looks.
fn is_even(thresholds: &[f64]) -> bool {
    let last = thresholds.len() as f64 - 1.0;
    let is_near = |(i, threshold): (usize, &f64)| {
        let even = i as f64 / last;
        (threshold - even).abs() <= 1e-7 + 1e-5 * even
    };
    thresholds.len() >= 3 && thresholds.iter().enumerate().all(is_near)
}

/// Checks that outputs have a class that is looked at alone.
pub(super) fn check_class<R: Rule>(class_id: Option<usize>, judged: &Judged<'_>) -> Result<()> {
    let Some(class) = class_id.filter(|&class| class >= judged.row()) else { return Ok(()) };
    let (owner, argument, expected) = (R::CLASS, "class_id", "a class that the output has");
    Err(Error::Argument { owner, argument, expected, found: class.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_above_the_thresholds_below_it() {
        let above = |buckets: &Buckets, answer| buckets.grid.above(answer);
        let even = Buckets::even(5, false, 1);
        assert_eq!([-1.0, 0.0, 0.25, 0.3, 1.0, 2.0].map(|answer| above(&even, answer)), [0, 0, 1, 2, 4, 4]);
        let open = Buckets::even(5, true, 1);
        assert_eq!([0.0, 0.25, 1.0].map(|answer| above(&open, answer)), [1, 1, 4]);
        let given = Buckets::of(&[0.7, 0.2], false, 1);
        assert_eq!([0.2, 0.5, 0.7, 0.71].map(|answer| above(&given, answer)), [0, 1, 1, 2]);
        assert!(matches!(Buckets::of(&[0.0, 0.5, 1.0], false, 1).grid, Grid::Even { many: 3, .. }));
        assert!(matches!(Buckets::of(&[0.5], true, 1).grid, Grid::Even { many: 3, is_open: true }));
    }
}
