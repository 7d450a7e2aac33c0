//! A rate that is constant between boundaries.

use super::state::{Rate, schedule};
use crate::error::{Error, Result};
use crate::optimizers::arguments::{Range, any, rate};

schedule! {
    /// A rate that is constant between boundaries: the first of `values` while `step <= boundaries[0]`, then the next, and the last behind the
    /// last boundary.
    ///
    /// ```
    /// use model_core::schedules::{LearningRate, PiecewiseConstantDecay};
    ///
    /// let steps = LearningRate::from(PiecewiseConstantDecay::new([100, 200], [0.1, 0.05, 0.01]));
    /// assert_eq!((steps.at(100), steps.at(101), steps.at(201)), (0.1, 0.05, 0.01));
    /// ```
    ///
    /// Source: <https://keras.io/api/optimizers/learning_rate_schedules/piecewise_constant_decay/>.
    PiecewiseConstantDecay = "PiecewiseConstant";
    "With these boundaries, and one value more than boundaries."
    (
        /// The last step of each value but the last, in rising order.
        boundaries: Vec<u64>, any, from impl Into<Vec<u64>>;
        /// The rates, each from 0 to 1e6.
        values: Vec<f64>, rates, from impl Into<Vec<f64>>;
    )
    {}
}

fn rates(values: &[f64]) -> Range {
    (values.iter().all(|value| rate(value).0), "numbers from 0 to 1e6")
}

impl Rate for PiecewiseConstantDecay {
    fn at(&self, step: u64) -> f64 {
        let place = self.boundaries.iter().take_while(|&&boundary| step > boundary).count();
        self.values.get(place).copied().unwrap_or(f64::NAN)
    }

    fn check_together(&self) -> Result<()> {
        let error = |argument, expected, found: String| {
            Err(Error::Argument { owner: "PiecewiseConstantDecay", argument, expected, found })
        };
        if self.boundaries.is_empty() {
            return error("boundaries", "at least one boundary", "none".to_owned());
        }
        if !self.boundaries.is_sorted() {
            return error("boundaries", "steps in rising order", format!("{:?}", self.boundaries));
        }
        if self.values.len() != self.boundaries.len() + 1 {
            let found = format!("{} for {} boundaries", self.values.len(), self.boundaries.len());
            return error("values", "one value more than there are boundaries", found);
        }
        Ok(())
    }
}
