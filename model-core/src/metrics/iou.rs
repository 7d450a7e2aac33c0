//! The intersection over the union of where classes are and where they are said to be.

use std::borrow::Cow;

use super::{Rule, State};
use crate::arguments::arguments;
use crate::error::{Error, Result};
use crate::given::{Judged, Port, Target, TargetForm};
use crate::losses::{Complaint, argument, unsuitable};

/// What Keras adds to what is divided by.
const EPSILON: f64 = 1e-7;

/// How the class of a position is said.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Said {
    /// By its number.
    Number,
    /// By the largest of a row.
    Largest,
    /// By being on one side of a threshold or at it, 1, or on the other, 0.
    Threshold(f64),
}

/// What is looked at.
#[derive(Clone, Debug)]
struct Classes {
    many: usize,
    /// The classes that are reported.
    targets: Vec<usize>,
    ignored: Option<i64>,
    truth: Said,
    output: Said,
}

/// How much there is of each class for each class that is said.
#[derive(Clone, Debug)]
struct Overlap {
    classes: Classes,
    matrix: Vec<f64>,
}

impl Classes {
    fn state(self, class: &'static str, (form, port): (TargetForm, &Port)) -> Result<Box<dyn State>> {
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
        let complaint = match (form, self.truth, self.output) {
            (TargetForm::Values, Said::Number, Said::Largest) => Some(NUMBERS),
            (TargetForm::Values, Said::Largest, Said::Number | Said::Threshold(_)) => Some(ROWS),
            (TargetForm::Values, ..) => None,
            (_, Said::Largest | Said::Threshold(_), _) => Some(ONE_HOT),
            (_, Said::Number, Said::Largest) => None,
            (_, Said::Number, _) => Some(ROWS),
        };
        match complaint {
            Some(complaint) => Err(unsuitable(class, port, complaint)),
            None => Ok(Box::new(Overlap { matrix: vec![0.0; self.many * self.many], classes: self })),
        }
    }

    fn check(&self, owner: &'static str) -> Result<()> {
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

/// The class at a place. Numbers lose what is behind the point.
fn class(values: &[f32], place: usize, row: usize, said: Said) -> i64 {
    match said {
        Said::Number => values[place] as i64,
        Said::Threshold(threshold) => i64::from(values[place] >= threshold as f32),
        Said::Largest => {
            let row = &values[place * row..][..row];
            (0..row.len()).fold(0, |best, place| if row[place] > row[best] { place } else { best }) as i64
        }
    }
}

impl State for Overlap {
    /// As in Keras, positions count by whole numbers: 0.5 is 0.
    fn add(&mut self, judged: Judged<'_>) -> Result<()> {
        let Classes { many, ignored, truth, output, .. } = self.classes;
        let row = judged.row().max(1);
        let positions = if output == Said::Largest { judged.output.len() / row } else { judged.output.len() };
        for place in 0..positions {
            let should = match judged.target {
                Target::Values(values) => class(values, place, row, truth),
                Target::Labels(labels) => i64::from(labels[place]),
            };
            let said = class(judged.output, place, row, output);
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

const fn said(is_number: bool) -> Said {
    if is_number { Said::Number } else { Said::Largest }
}

/// An axis that is not the last: Keras fails there, when it comes to the result.
fn check_axis(owner: &'static str, axis: i64) -> Result<()> {
    if axis == -1 {
        return Ok(());
    }
    let expected = "-1, the last";
    Err(Error::Argument { owner, argument: "axis", expected, found: axis.to_string() })
}

/// Metrics of several classes: what each takes, and which classes it looks at.
macro_rules! overlaps {
    ($($(#[$doc:meta])* $name:ident($($needed:tt)*) { $($fields:tt)* } = $snake:literal, |$rule:ident| $classes:expr;)*) => {$(
        arguments! {
            $(#[$doc])*
            ///
            /// Classes that are neither there nor said are left out of the mean. Positions count by whole numbers, as in Keras: a weight of 0.5 is 0.
            ///
            /// Source: <https://keras.io/api/metrics/segmentation_metrics/>.
            pub struct $name($($needed)*) { $($fields)* }
        }

        impl $name {
            fn classes(&self) -> Classes {
                let $rule = self;
                $classes
            }
        }

        impl Rule for $name {
            const CLASS: &'static str = stringify!($name);
            const NAME: &'static str = $snake;
            const DTYPE: &'static str = "int32";

            fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
                self.classes().state(Self::CLASS, (form, port))
            }

            fn labels(&self) -> TargetForm {
                TargetForm::Identities
            }

            fn check(&self) -> Result<()> {
                check_axis(Self::CLASS, self.axis)?;
                self.classes().check(Self::CLASS)
            }
        }
    )*};
}

overlaps! {
    /// The mean over some classes of the intersection over the union of where each is and where it is said to be, over all of an epoch.
    ///
    /// ```
    /// use model_core::metrics::{IoU, MetricValue};
    /// use ndarray::array;
    ///
    /// let mut overlap = MetricValue::new(IoU::new(2, vec![0]));
    /// overlap.update_state(array![0.0, 0.0, 1.0, 1.0], array![0.0, 1.0, 0.0, 1.0])?;
    /// assert!((overlap.result() - 1.0 / 3.0).abs() < 1e-6);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    IoU(
        /// How many classes there are.
        num_classes: usize,
        /// The classes that the mean is over.
        target_class_ids: Vec<usize>
    ) {
        /// What stands in place of a class where there is none. Nothing by default.
        ignore_class: Option<i64> = None,
        /// Whether targets are class numbers; otherwise they are rows, whose largest is the class. By default they are.
        sparse_y_true: bool = true,
        /// Whether outputs are class numbers; otherwise they are rows, whose largest is the class. By default they are.
        sparse_y_pred: bool = true,
        /// The axis that rows lie along: the last.
        axis: i64 = -1,
    } = "io_u", |rule| Classes {
        many: rule.num_classes,
        targets: rule.target_class_ids.clone(),
        ignored: rule.ignore_class,
        truth: said(rule.sparse_y_true),
        output: said(rule.sparse_y_pred),
    };
    /// The same as [`IoU`], over all classes.
    MeanIoU(
        /// How many classes there are.
        num_classes: usize
    ) {
        /// What stands in place of a class where there is none. Nothing by default.
        ignore_class: Option<i64> = None,
        /// Whether targets are class numbers; otherwise they are rows, whose largest is the class. By default they are.
        sparse_y_true: bool = true,
        /// Whether outputs are class numbers; otherwise they are rows, whose largest is the class. By default they are.
        sparse_y_pred: bool = true,
        /// The axis that rows lie along: the last.
        axis: i64 = -1,
    } = "mean_io_u", |rule| Classes {
        many: rule.num_classes,
        targets: (0..rule.num_classes).collect(),
        ignored: rule.ignore_class,
        truth: said(rule.sparse_y_true),
        output: said(rule.sparse_y_pred),
    };
    /// The same as [`IoU`], of targets that are ones among zeros.
    OneHotIoU(
        /// How many classes there are.
        num_classes: usize,
        /// The classes that the mean is over.
        target_class_ids: Vec<usize>
    ) {
        /// A class that is left out. None by default.
        ignore_class: Option<i64> = None,
        /// Whether outputs are class numbers; otherwise they are rows, whose largest is the class. By default they are not.
        sparse_y_pred: bool = false,
        /// The axis that rows lie along: the last.
        axis: i64 = -1,
    } = "one_hot_io_u", |rule| Classes {
        many: rule.num_classes,
        targets: rule.target_class_ids.clone(),
        ignored: rule.ignore_class,
        truth: Said::Largest,
        output: said(rule.sparse_y_pred),
    };
    /// The same as [`OneHotIoU`], over all classes.
    OneHotMeanIoU(
        /// How many classes there are.
        num_classes: usize
    ) {
        /// A class that is left out. None by default.
        ignore_class: Option<i64> = None,
        /// Whether outputs are class numbers; otherwise they are rows, whose largest is the class. By default they are not.
        sparse_y_pred: bool = false,
        /// The axis that rows lie along: the last.
        axis: i64 = -1,
    } = "one_hot_mean_io_u", |rule| Classes {
        many: rule.num_classes,
        targets: (0..rule.num_classes).collect(),
        ignored: rule.ignore_class,
        truth: Said::Largest,
        output: said(rule.sparse_y_pred),
    };
}

arguments! {
    /// The same as [`IoU`], of answers: class 1 where an output is at least a threshold, and class 0 elsewhere.
    ///
    /// Positions count by whole numbers, as in Keras: a weight of 0.5 is 0.
    ///
    /// ```
    /// use model_core::metrics::{BinaryIoU, MetricValue};
    /// use ndarray::array;
    ///
    /// let mut overlap = MetricValue::new(BinaryIoU::new().threshold(0.3));
    /// overlap.update_state(array![0.0, 1.0, 0.0, 1.0], array![0.1, 0.2, 0.4, 0.7])?;
    /// assert!((overlap.result() - 1.0 / 3.0).abs() < 1e-6);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/metrics/segmentation_metrics/>.
    pub struct BinaryIoU {
        /// The classes that the mean is over. Both, 0 and 1, by default.
        target_class_ids: Cow<'static, [usize]> = Cow::Borrowed(&[0, 1]),
        /// From what on an output means class 1. 0.5 by default.
        threshold: f64 = 0.5,
    }
}

impl BinaryIoU {
    fn classes(&self) -> Classes {
        let (targets, output) = (self.target_class_ids.to_vec(), Said::Threshold(self.threshold));
        Classes { many: 2, targets, ignored: None, truth: Said::Number, output }
    }
}

impl Rule for BinaryIoU {
    const CLASS: &'static str = "BinaryIoU";
    const NAME: &'static str = "binary_io_u";
    const DTYPE: &'static str = "int32";

    fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
        self.classes().state(Self::CLASS, (form, port))
    }

    fn check(&self) -> Result<()> {
        argument(Self::CLASS, "threshold", self.threshold, f64::MIN..=f64::MAX, "a finite number")?;
        self.classes().check(Self::CLASS)
    }
}
