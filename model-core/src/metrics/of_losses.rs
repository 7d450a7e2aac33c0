//! Metrics that are means of the numbers of a loss.

use std::fmt::Debug;

use super::state::Share;
use super::{Rule, State};
use crate::arguments::arguments;
use crate::error::Result;
use crate::given::{Judged, Port, TargetForm};
pub use crate::losses::{
    BinaryCrossentropy, CategoricalCrossentropy, CategoricalHinge, CosineSimilarity, Hinge, KLDivergence, MeanAbsoluteError,
    MeanAbsolutePercentageError, MeanSquaredError, MeanSquaredLogarithmicError, Poisson, SparseCategoricalCrossentropy,
    SquaredHinge,
};
use crate::losses::{Complaint, unsuitable};
use crate::losses::{LogCosh, Rule as LossRule};

/// What metrics of values say to class numbers.
pub(super) const NO_LABELS: Complaint = ("targets of the output's shape", "class numbers go with `SparseCategoricalAccuracy`");

/// What metrics of class numbers say to values.
pub(super) const ONLY_LABELS: Complaint = ("a loss that takes class numbers", "distributions go with `CategoricalAccuracy`");

/// The mean of a loss's numbers, and what is reported of it.
#[derive(Clone, Debug)]
struct MeanOf<R> {
    rule: R,
    share: Share,
    reported: fn(f64) -> f64,
}

/// The state of a metric that is the mean of a loss's numbers.
fn mean_of<R: LossRule + Clone + Debug + Send + Sync + 'static>(
    rule: &R,
    (form, port): (TargetForm, &Port),
    reported: fn(f64) -> f64,
) -> Result<Box<dyn State>> {
    match (rule.form(), form) {
        (TargetForm::Values, TargetForm::Values) => {}
        (TargetForm::Values, _) => return Err(unsuitable(R::CLASS, port, NO_LABELS)),
        (_, TargetForm::Values) => return Err(unsuitable(R::CLASS, port, ONLY_LABELS)),
        _ => {}
    }
    rule.check_for(port)?;
    Ok(Box::new(MeanOf { rule: rule.clone(), share: Share::default(), reported }))
}

impl<R: LossRule + Clone + Debug + Send + Sync + 'static> State for MeanOf<R> {
    /// What the loss leaves out counts for nothing where there is a mask, and is zero otherwise, as in Keras.
    fn add(&mut self, judged: Judged<'_>) -> Result<()> {
        let counting = self.rule.counting(&judged)?;
        let kept = Judged { mask: counting.as_deref().or(judged.mask), ..judged };
        let mean = self.rule.mean(kept, &mut [])?;
        let counted = if judged.mask.is_some() { kept.counted(mean.numbers) } else { mean.numbers as f64 };
        self.share.add(mean.sum, counted, (mean.numbers, judged.firsts(self.rule.over())));
        Ok(())
    }

    fn value(&self, _place: usize) -> f64 {
        (self.reported)(self.share.mean())
    }

    fn clear(&mut self) {
        self.share = Share::default();
    }
}

/// The number as it is.
const fn same(mean: f64) -> f64 {
    mean
}

macro_rules! of_losses {
    ($($name:ident $(without $left_out:literal)? = $reported:expr;)*) => {
        $(impl Rule for $name {
            const CLASS: &'static str = <Self as LossRule>::CLASS;
            const NAME: &'static str = <Self as LossRule>::NAME;
            const LEFT_OUT: &'static [&'static str] = &[$($left_out)?];

            fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
                mean_of(self, (form, port), $reported)
            }

            fn labels(&self) -> TargetForm {
                match LossRule::form(self) {
                    TargetForm::Values => TargetForm::Labels,
                    form => form,
                }
            }

            fn check(&self) -> Result<()> {
                LossRule::check(self)
            }
        })*
    };
}

of_losses! {
    BinaryCrossentropy without "axis" = same;
    CategoricalCrossentropy = same;
    CategoricalHinge = same;
    CosineSimilarity = |mean| -mean;
    Hinge = same;
    KLDivergence = same;
    MeanAbsoluteError = same;
    MeanAbsolutePercentageError = same;
    MeanSquaredError = same;
    MeanSquaredLogarithmicError = same;
    Poisson = same;
    SparseCategoricalCrossentropy = same;
    SquaredHinge = same;
}

arguments! {
    /// The root of the mean of `(y_true - y_pred)^2`, over all of an epoch.
    ///
    /// ```
    /// use model_core::metrics::{MetricValue, RootMeanSquaredError};
    /// use ndarray::array;
    ///
    /// let mut value = MetricValue::new(RootMeanSquaredError);
    /// value.update_state(array![[0.0, 0.0]], array![[1.0, 3.0]])?;
    /// assert_eq!(value.result(), 5.0_f64.sqrt());
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/metrics/regression_metrics/>.
    pub struct RootMeanSquaredError;
}

arguments! {
    /// The mean of `ln(cosh(y_pred - y_true))`: the loss [`LogCosh`] as a metric.
    ///
    /// Source: <https://keras.io/api/metrics/regression_metrics/>.
    pub struct LogCoshError;
}

impl Rule for RootMeanSquaredError {
    const CLASS: &'static str = "RootMeanSquaredError";
    const NAME: &'static str = "root_mean_squared_error";

    fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
        mean_of(&MeanSquaredError, (form, port), f64::sqrt)
    }
}

impl Rule for LogCoshError {
    const CLASS: &'static str = "LogCoshError";
    const NAME: &'static str = "logcosh";

    fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
        mean_of(&LogCosh, (form, port), same)
    }
}
