//! The Kullback-Leibler divergence.

use serde_json::{Value, json};

use super::Rule;
use crate::error::Result;
use crate::given::Judged;
use crate::keras::Fields;

/// What Keras keeps probabilities from below.
const EPSILON: f64 = 1e-7;

/// The Kullback-Leibler divergence of distributions from those that they should be.
///
/// `sum(y_true * ln(y_true / y_pred))` over the last axis, and the mean of that; both are cut off to between 1e-7 and 1.
///
/// # Shapes
/// Outputs and targets: `[samples, .., classes]`.
///
/// ```
/// use model_core::losses::KLDivergence;
/// use ndarray::array;
///
/// let loss = KLDivergence::new().value(&array![[0.25, 0.75]], array![[0.5, 0.5]])?;
/// assert!((loss - 0.5 * (2.0_f64.ln() + (2.0_f64 / 3.0).ln())).abs() < 1e-6);
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// Source: <https://keras.io/api/losses/probabilistic_losses/>.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct KLDivergence;

impl KLDivergence {
    /// The loss.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl Rule for KLDivergence {
    const CLASS: &'static str = "KLDivergence";
    const NAME: &'static str = "kl_divergence";

    fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<f64> {
        judged.mean_of(Self::NAME, d_output, |truth, output| {
            let (truth, output) = (truth.clip(EPSILON, 1.0)?, output.clip(EPSILON, 1.0)?);
            (&truth * (&truth / &output).log()?).sum(-1)
        })
    }

    fn write(&self) -> Value {
        json!({})
    }

    fn read(_: &mut Fields<'_>) -> Result<Self> {
        Ok(Self)
    }
}
