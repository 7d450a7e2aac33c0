//! The intersection over the union of where classes are and where they are said to be: what each metric of it takes, and which classes it looks at.

use std::borrow::Cow;

use super::overlap::{Classes, Said};
use super::{Rule, State};
use crate::arguments::arguments;
use crate::error::Result;
use crate::given::{Port, TargetForm};
use crate::losses::argument;

const fn said(is_number: bool) -> Said {
    if is_number { Said::Number } else { Said::Largest }
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
        /// The axis that rows lie along; 0 is the batch. The last by default, and where class numbers stand beside rows. Keras has no result for others but 0.
        axis: i64 = -1,
    } = "io_u", |rule| Classes {
        many: rule.num_classes,
        targets: rule.target_class_ids.clone(),
        ignored: rule.ignore_class,
        truth: said(rule.sparse_y_true),
        output: said(rule.sparse_y_pred),
        axis: rule.axis,
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
        /// The axis that rows lie along; 0 is the batch. The last by default, and where class numbers stand beside rows. Keras has no result for others but 0.
        axis: i64 = -1,
    } = "mean_io_u", |rule| Classes {
        many: rule.num_classes,
        targets: (0..rule.num_classes).collect(),
        ignored: rule.ignore_class,
        truth: said(rule.sparse_y_true),
        output: said(rule.sparse_y_pred),
        axis: rule.axis,
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
        /// The axis that rows lie along; 0 is the batch. The last by default, and where class numbers stand beside rows. Keras has no result for others but 0.
        axis: i64 = -1,
    } = "one_hot_io_u", |rule| Classes {
        many: rule.num_classes,
        targets: rule.target_class_ids.clone(),
        ignored: rule.ignore_class,
        truth: Said::Largest,
        output: said(rule.sparse_y_pred),
        axis: rule.axis,
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
        /// The axis that rows lie along; 0 is the batch. The last by default, and where class numbers stand beside rows. Keras has no result for others but 0.
        axis: i64 = -1,
    } = "one_hot_mean_io_u", |rule| Classes {
        many: rule.num_classes,
        targets: (0..rule.num_classes).collect(),
        ignored: rule.ignore_class,
        truth: Said::Largest,
        output: said(rule.sparse_y_pred),
        axis: rule.axis,
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
        Classes { many: 2, targets, ignored: None, truth: Said::Number, output, axis: -1 }
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
