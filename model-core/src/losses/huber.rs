//! The Huber loss.

use super::{Rule, argument};
use crate::arguments::arguments;
use crate::error::Result;
use crate::variable::{Var, ops};

arguments! {
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
    #[derive(Copy)]
    pub struct Huber {
        /// Where the loss goes over from squares to a line. 1 by default.
        delta: f64 = 1.0,
    }
}

impl Rule for Huber {
    const CLASS: &'static str = "Huber";
    const NAME: &'static str = "huber_loss";

    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        let (delta, error) = (self.delta, output - truth);
        let distance = error.abs()?;
        let line = &distance * delta - 0.5 * delta * delta;
        ops::where_(&distance.less_equal(delta)?, &(error.square()? * 0.5), &line)?.mean(-1)
    }

    fn check(&self) -> Result<()> {
        argument(Self::CLASS, "delta", self.delta, 0.0..f64::INFINITY, "a number of at least 0")
    }
}
