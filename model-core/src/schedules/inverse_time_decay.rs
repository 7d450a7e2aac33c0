//! A rate that is divided by the time.

use super::state::{Rate, schedule};
use crate::optimizers::arguments::{any, factor, positive, rate};

schedule! {
    /// A rate that is divided by the time: `initial_learning_rate / (1 + decay_rate * step / decay_steps)`.
    ///
    /// ```
    /// use model_core::schedules::{InverseTimeDecay, LearningRate};
    ///
    /// let smooth = LearningRate::from(InverseTimeDecay::new(0.1, 10, 2.0));
    /// assert_eq!((smooth.at(0), smooth.at(5)), (0.1, 0.05));
    /// ```
    ///
    /// Source: <https://keras.io/api/optimizers/learning_rate_schedules/inverse_time_decay/>.
    InverseTimeDecay = "InverseTimeDecay";
    "From this rate, by this share in so many steps."
    (
        /// The rate of the first step, from 0 to 1e6.
        initial_learning_rate: f64, rate;
        /// How many steps the time is counted in, at least 1.
        decay_steps: u64, positive;
        /// What is added to the divisor each time, from 0 to 100.
        decay_rate: f64, factor;
    )
    {
        /// Whether it is divided at once, instead of bit by bit.
        staircase: bool = false, any;
    }
}

impl Rate for InverseTimeDecay {
    fn at(&self, step: u64) -> f64 {
        let periods = step as f64 / self.decay_steps as f64;
        self.initial_learning_rate / (1.0 + self.decay_rate * if self.staircase { periods.floor() } else { periods })
    }
}
