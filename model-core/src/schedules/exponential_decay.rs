//! A rate that is multiplied by a factor again and again.

use super::state::{Rate, schedule};
use crate::optimizers::arguments::{any, factor, positive, rate};

schedule! {
    /// A rate that is multiplied by `decay_rate` every `decay_steps` steps: `initial_learning_rate * decay_rate^(step / decay_steps)`.
    ///
    /// ```
    /// use model_core::schedules::{ExponentialDecay, LearningRate};
    ///
    /// let smooth = LearningRate::from(ExponentialDecay::new(0.1, 10, 0.25));
    /// assert_eq!((smooth.at(5), smooth.at(10)), (0.05, 0.025));
    /// let stairs = LearningRate::from(ExponentialDecay::new(0.1, 10, 0.25).staircase(true));
    /// assert_eq!((stairs.at(5), stairs.at(10)), (0.1, 0.025));
    /// ```
    ///
    /// Source: <https://keras.io/api/optimizers/learning_rate_schedules/exponential_decay/>.
    ExponentialDecay = "ExponentialDecay";
    "From this rate, so many steps long, multiplied by this factor."
    (
        /// The rate of the first step, from 0 to 1e6.
        initial_learning_rate: f64, rate;
        /// After how many steps it has been multiplied once, at least 1.
        decay_steps: u64, positive;
        /// What it is multiplied by, from 0 to 100.
        decay_rate: f64, factor;
    )
    {
        /// Whether it is multiplied at once, instead of bit by bit.
        staircase: bool = false, any;
    }
}

impl Rate for ExponentialDecay {
    fn at(&self, step: u64) -> f64 {
        let periods = step as f64 / self.decay_steps as f64;
        self.initial_learning_rate * libm::pow(self.decay_rate, if self.staircase { periods.floor() } else { periods })
    }
}
