//! How outputs and targets go together.

use super::of_losses::NO_LABELS;
use super::state::Share;
use super::{Rule, State};
use crate::arguments::arguments;
use crate::error::Result;
use crate::given::{Judged, Over, Port, TargetForm};
use crate::losses::{check_axes, unsuitable};
use crate::variable::{Var, along};

/// What Keras adds to what is divided by.
const EPSILON: f64 = 1e-7;

/// What a metric gives for each position, of what should have come out and of what did, along an axis.
type Values = fn(&Var, &Var, i64) -> Result<Var>;

/// The mean of what a function of an axis gives.
#[derive(Clone, Debug)]
struct Along {
    name: &'static str,
    axis: i64,
    values: Values,
    share: Share,
}

impl State for Along {
    fn add(&mut self, judged: Judged<'_>) -> Result<()> {
        let over = Over::Axes(std::slice::from_ref(&self.axis));
        let values = |truth: &Var, output: &Var| (self.values)(truth, output, self.axis);
        let mean = judged.mean_of(self.name, over, &mut [], values)?;
        self.share.add(mean.sum, judged.counted(mean.numbers), (mean.numbers, judged.firsts(over)));
        Ok(())
    }

    fn value(&self, _place: usize) -> f64 {
        self.share.mean()
    }

    fn clear(&mut self) {
        self.share = Share::default();
    }
}

macro_rules! correlations {
    ($($(#[$doc:meta])* $name:ident = $snake:literal, $values:expr;)*) => {$(
        arguments! {
            $(#[$doc])*
            ///
            /// Source: <https://keras.io/api/metrics/correlation_metrics/>.
            #[derive(Copy)]
            pub struct $name {
                /// The axis that numbers are compared along. The last by default.
                axis: i64 = -1,
            }
        }

        impl Rule for $name {
            const CLASS: &'static str = stringify!($name);
            const NAME: &'static str = $snake;

            fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
                if form != TargetForm::Values {
                    return Err(unsuitable(Self::CLASS, port, NO_LABELS));
                }
                check_axes(Self::CLASS, port, &[self.axis])?;
                Ok(Box::new(Along { name: $snake, axis: self.axis, values: $values, share: Share::default() }))
            }
        }
    )*};
}

correlations! {
    /// Pearson's correlation of outputs and targets along an axis, from -1 to 1, and the mean of that. Where one of them is the same all along,
    /// there is none: NaN, as in Keras.
    ///
    /// ```
    /// use model_core::metrics::{MetricValue, PearsonCorrelation};
    /// use ndarray::array;
    ///
    /// let mut value = MetricValue::new(PearsonCorrelation::new());
    /// value.update_state(array![[0.0, 1.0, 2.0]], array![[1.0, 3.0, 5.0]])?;
    /// assert!((value.result() - 1.0).abs() < 1e-6);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    PearsonCorrelation = "pearson_correlation", pearson;
    /// The concordance correlation of outputs and targets along an axis, from -1 to 1, and the mean of that: as Pearson's, but means and variances
    /// that differ lower it, too.
    ///
    /// ```
    /// use model_core::metrics::{ConcordanceCorrelation, MetricValue};
    /// use ndarray::array;
    ///
    /// let mut value = MetricValue::new(ConcordanceCorrelation::new());
    /// value.update_state(array![[0.0, 1.0, 2.0]], array![[1.0, 2.0, 3.0]])?;
    /// assert!((value.result() - 4.0 / 7.0).abs() < 1e-6);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ConcordanceCorrelation = "concordance_correlation", concordance;
}

fn pearson(truth: &Var, output: &Var, axis: i64) -> Result<Var> {
    let scaled = |x: &Var| -> Result<Var> {
        let distance = x - x.mean(along(axis).keepdims())?;
        let spread = distance.std(along(axis).keepdims())?;
        Ok(distance / spread)
    };
    (scaled(truth)? * scaled(output)?).mean(axis)
}

/// As in Keras, the targets' distances are those from the outputs' mean, which changes nothing of the sum.
fn concordance(truth: &Var, output: &Var, axis: i64) -> Result<Var> {
    let mean = |x: &Var| x.mean(along(axis).keepdims());
    let variance = |x: &Var| x.var(along(axis).keepdims());
    let (truth_mean, output_mean) = (mean(truth)?, mean(output)?);
    let both = (truth - &output_mean) * (output - &output_mean);
    let norm = variance(truth)? + variance(output)? + (truth_mean - output_mean).square()?;
    (both * 2.0 / (norm + EPSILON)).mean(axis)
}
