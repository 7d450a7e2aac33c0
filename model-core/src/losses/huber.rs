//! The Huber loss.

use serde_json::{Value, json};

use super::{Rule, argument};
use crate::error::Result;
use crate::given::Judged;
use crate::keras::Fields;
use crate::variable::ops;

/// The squared error where it is small, and the absolute error where it is large: outliers count less.
///
/// The mean of `e^2 / 2` where `|e| <= delta` and of `delta * |e| - delta^2 / 2` elsewhere, for `e = y_pred - y_true`.
///
/// # Shapes
/// Outputs and targets: the same.
///
/// ```
/// use model_core::losses::Huber;
/// use ndarray::array;
///
/// let (loss, d_output) = Huber::new().gradient(&array![[0.5, 4.0]], array![[0.0, 0.0]])?;
/// assert_eq!(loss, (0.125 + 3.5) / 2.0);
/// assert_eq!(d_output, array![[0.25, 0.5]]);
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// Source: <https://keras.io/api/losses/regression_losses/>.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Huber {
    /// Where the loss goes over from squares to a line. 1 by default.
    pub delta: f64,
}

impl Huber {
    /// The loss with `delta` 1.
    #[must_use]
    pub const fn new() -> Self {
        Self { delta: 1.0 }
    }

    /// With another point at which it goes over from squares to a line.
    #[must_use]
    pub const fn delta(self, delta: f64) -> Self {
        Self { delta }
    }
}

impl Default for Huber {
    fn default() -> Self {
        Self::new()
    }
}

impl Rule for Huber {
    const CLASS: &'static str = "Huber";
    const NAME: &'static str = "huber_loss";

    fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<f64> {
        let delta = self.delta;
        judged.mean_of(Self::NAME, d_output, |truth, output| {
            let error = output - truth;
            let distance = error.abs()?;
            let line = &distance * delta - 0.5 * delta * delta;
            ops::where_(&distance.less_equal(delta)?, &(error.square()? * 0.5), &line)?.mean(-1)
        })
    }

    /// Keras leaves `delta` out, and so loses it; it reads what is written here.
    fn write(&self) -> Value {
        if self.delta == 1.0 { json!({}) } else { json!({ "delta": self.delta }) }
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { delta: fields.number("delta", 1.0)? })
    }

    fn check(&self) -> Result<()> {
        argument(Self::CLASS, "delta", self.delta, 0.0..f64::INFINITY, "a number of at least 0")
    }
}
