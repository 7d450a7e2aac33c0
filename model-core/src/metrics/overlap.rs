//! Where classes are and where they are said to be, counted: what metrics of the intersection over the union remember.

use super::State;
use crate::error::{Error, Result};
use crate::few::Few;
use crate::given::{Judged, Port, Target, TargetForm};
use crate::losses::{Complaint, check_axes, unsuitable};

/// What Keras adds to what is divided by.
const EPSILON: f64 = 1e-7;

/// How the class of a position is said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Said {
    /// By its number.
    Number,
    /// By the largest of a row.
    Largest,
    /// By being on one side of a threshold or at it, 1, or on the other, 0.
    Threshold(f64),
}

/// What is looked at.
#[derive(Clone, Debug)]
pub(super) struct Classes {
    pub(super) many: usize,
    /// The classes that are reported.
    pub(super) targets: Vec<usize>,
    pub(super) ignored: Option<i64>,
    pub(super) truth: Said,
    pub(super) output: Said,
    /// The axis that rows lie along.
    pub(super) axis: i64,
}

/// How much there is of each class for each class that is said.
#[derive(Clone, Debug)]
struct Overlap {
    class: &'static str,
    classes: Classes,
    matrix: Vec<f64>,
}

impl Classes {
    pub(super) fn state(self, class: &'static str, (form, port): (TargetForm, &Port)) -> Result<Box<dyn State>> {
        const ROWS: Complaint = (
            "outputs of class numbers where targets are",
            "say `sparse_y_pred(false)` where outputs have a number for each class",
        );
        const ONE_HOT: Complaint =
            ("targets of the output's shape", "class numbers go with `IoU` and `MeanIoU`, `sparse_y_pred(false)`");
        const NUMBERS: Complaint = (
            "class numbers where the output is classes along the last axis",
            "targets that are ones among zeros are `sparse_y_true(false)`",
        );
        const LAST: Complaint = ("the last `axis`", "class numbers stand in place of the last axis; move the classes there");
        if self.truth == Said::Largest || self.output == Said::Largest {
            check_axes(class, port, &[self.axis])?;
        }
        let is_last = self.axis == -1 || self.axis == port.rank() as i64;
        let complaint = match (form, self.truth, self.output) {
            (TargetForm::Values, Said::Number, Said::Largest) => Some(NUMBERS),
            (TargetForm::Values, Said::Largest, Said::Number | Said::Threshold(_)) => Some(ROWS),
            (TargetForm::Values, ..) => None,
            (_, Said::Largest | Said::Threshold(_), _) => Some(ONE_HOT),
            (_, Said::Number, Said::Largest) => (!is_last).then_some(LAST),
            (_, Said::Number, _) => Some(ROWS),
        };
        match complaint {
            Some(complaint) => Err(unsuitable(class, port, complaint)),
            None => Ok(Box::new(Overlap { class, matrix: vec![0.0; self.many * self.many], classes: self })),
        }
    }

    pub(super) fn check(&self, owner: &'static str) -> Result<()> {
        let wrong = |argument, expected, found: String| Err(Error::Argument { owner, argument, expected, found });
        if self.many == 0 {
            return wrong("num_classes", "at least 1", "0".to_owned());
        }
        if self.targets.is_empty() {
            return wrong("target_class_ids", "at least one class", "none".to_owned());
        }
        match self.targets.iter().find(|&&class| class >= self.many) {
            None => Ok(()),
            Some(class) => wrong("target_class_ids", "classes below `num_classes`", class.to_string()),
        }
    }
}

/// Rows along an axis: how many numbers one has, and how far apart they are.
#[derive(Clone, Copy)]
struct Rows {
    size: usize,
    stride: usize,
}

/// The class at a place. Numbers lose what is behind the point.
fn class(values: &[f32], place: usize, rows: Rows, said: Said) -> i64 {
    match said {
        Said::Number => values[place] as i64,
        Said::Threshold(threshold) => i64::from(values[place] >= threshold as f32),
        Said::Largest => {
            let Rows { size, stride } = rows;
            let first = place / stride * stride * size + place % stride;
            let at = |class: usize| values[first + class * stride];
            (0..size).fold(0, |best, class| if at(class) > at(best) { class } else { best }) as i64
        }
    }
}

impl Overlap {
    /// The rows of a batch, and how many positions it has.
    fn rows(&self, judged: &Judged<'_>) -> Result<(Rows, usize)> {
        let Classes { output, axis, .. } = self.classes;
        if output != Said::Largest {
            return Ok((Rows { size: 1, stride: 1 }, judged.output.len()));
        }
        let whole: Few<usize> = std::iter::once(judged.samples).chain(judged.shape.iter().copied()).collect();
        let place = if axis < 0 { axis + whole.len() as i64 } else { axis } as usize;
        let (before, rest) = whole.split_at(place);
        let (size, after) = rest.split_first().map_or((1, rest), |(size, after)| (*size, after));
        judged.check_masked(self.class, &[axis], || [before, after].concat())?;
        let stride = after.iter().product();
        Ok((Rows { size, stride }, before.iter().product::<usize>() * stride))
    }
}

impl State for Overlap {
    /// As in Keras, positions count by whole numbers: 0.5 is 0.
    fn add(&mut self, judged: Judged<'_>) -> Result<()> {
        let Classes { many, ignored, truth, output, .. } = self.classes;
        let (rows, positions) = self.rows(&judged)?;
        for place in 0..positions {
            let should = match judged.target {
                Target::Values(values) => class(values, place, rows, truth),
                Target::Labels(labels) => i64::from(labels[place]),
            };
            let said = class(judged.output, place, rows, output);
            let index = |class: i64| usize::try_from(class).ok().filter(|&class| class < many);
            if let (Some(should_place), Some(said)) = (index(should), index(said))
                && ignored != Some(should)
            {
                self.matrix[should_place * many + said] += judged.weight(place, positions).trunc();
            }
        }
        Ok(())
    }

    /// The mean over the classes that are there, or are said to be.
    fn value(&self, _place: usize) -> f64 {
        let many = self.classes.many;
        let (mut sum, mut there) = (0.0, 0.0);
        for &class in &self.classes.targets {
            let both = self.matrix[class * many + class];
            let should: f64 = self.matrix[class * many..][..many].iter().sum();
            let said: f64 = (0..many).map(|other| self.matrix[other * many + class]).sum();
            let either = should + said - both;
            if either > 1e-9 {
                (sum, there) = (sum + both / (either + EPSILON), there + 1.0);
            }
        }
        sum / (there + EPSILON)
    }

    fn clear(&mut self) {
        self.matrix.fill(0.0);
    }
}
