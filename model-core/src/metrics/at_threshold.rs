//! The best of one share at thresholds where another is large enough.

use super::buckets::{Buckets, Counts, check_class};
use super::confusion::{NO_CLASS, ONE_HOT};
use super::{Rule, State};
use crate::arguments::arguments;
use crate::error::Result;
use crate::given::{Judged, Port, Target, TargetForm};
use crate::losses::{argument, unsuitable};

/// The counts of the thresholds.
#[derive(Clone, Debug)]
struct Best {
    buckets: Buckets,
    class_id: Option<usize>,
    check: fn(Option<usize>, &Judged<'_>) -> Result<()>,
    /// What must be large enough, and how large.
    constrained: (fn(&Counts) -> f64, f64),
    /// What is reported.
    reported: fn(&Counts) -> f64,
}

impl State for Best {
    fn add(&mut self, judged: Judged<'_>) -> Result<()> {
        let Target::Values(truth) = judged.target else { unreachable!("targets are of the metric's form") };
        (self.check)(self.class_id, &judged)?;
        let (row, elements) = (judged.row(), judged.output.len());
        for (place, (&truth, &output)) in truth.iter().zip(judged.output).enumerate() {
            if self.class_id.is_none_or(|class| place % row == class) {
                self.buckets.add(0, output, truth != 0.0, judged.weight(place, elements));
            }
        }
        Ok(())
    }

    /// Compared in single precision, as in Keras: so 0.7 is 7 of 10.
    fn value(&self, _place: usize) -> f64 {
        let (constrained, least) = self.constrained;
        let feasible = self.buckets.points(0).filter(|counts| constrained(counts) as f32 >= least as f32);
        feasible.map(|counts| (self.reported)(&counts)).fold(0.0, f64::max)
    }

    fn clear(&mut self) {
        self.buckets.clear();
    }
}

macro_rules! at {
    ($($(#[$doc:meta])* $name:ident = $snake:literal, $given:ident: $constrained:expr => $reported:expr;)*) => {$(
        arguments! {
            $(#[$doc])*
            ///
            /// Targets are ones among zeros, of the output's shape. Where no threshold will do, it is 0.
            ///
            /// ```
            #[doc = concat!("use model_core::metrics::", stringify!($name), ";")]
            ///
            #[doc = concat!("assert_eq!(", stringify!($name), "::new(0.8).num_thresholds, 200);")]
            /// ```
            ///
            /// Source: <https://keras.io/api/metrics/classification_metrics/>.
            pub struct $name(
                /// How large the one share must be, from 0 to 1.
                $given: f64
            ) {
                /// How many thresholds there are, from 0 to 1. 200 by default.
                num_thresholds: usize = 200,
                /// Of this class alone, counted from 0 along the last axis.
                class_id: Option<usize> = None,
            }
        }

        impl Rule for $name {
            const CLASS: &'static str = stringify!($name);
            const NAME: &'static str = $snake;

            fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
                if form != TargetForm::Values {
                    return Err(unsuitable(Self::CLASS, port, ONE_HOT));
                }
                if self.class_id.is_some_and(|class| class >= port.nominal_row()) {
                    return Err(unsuitable(Self::CLASS, port, NO_CLASS));
                }
                let buckets =
                    if self.num_thresholds == 1 { Buckets::of(&[0.5], false, 1) } else { Buckets::even(self.num_thresholds, false, 1) };
                let (constrained, check) = (($constrained as fn(&Counts) -> f64, self.$given), check_class::<Self> as _);
                Ok(Box::new(Best { buckets, class_id: self.class_id, check, constrained, reported: $reported }))
            }

            fn check(&self) -> Result<()> {
                argument(Self::CLASS, stringify!($given), self.$given, 0.0..=1.0, "a number from 0 to 1")?;
                argument(Self::CLASS, "num_thresholds", self.num_thresholds as f64, 1.0.., "at least 1")
            }
        }
    )*};
}

at! {
    /// The best precision at a recall that is large enough.
    PrecisionAtRecall = "precision_at_recall", recall: Counts::recall => Counts::precision;
    /// The best recall at a precision that is large enough.
    RecallAtPrecision = "recall_at_precision", precision: Counts::precision => Counts::recall;
    /// The best share of yes that is found, where the share of no that is found is large enough.
    SensitivityAtSpecificity = "sensitivity_at_specificity", specificity: Counts::specificity => Counts::recall;
    /// The best share of no that is found, where the share of yes that is found is large enough.
    SpecificityAtSensitivity = "specificity_at_sensitivity", sensitivity: Counts::recall => Counts::specificity;
}
