//! A rate that falls to another one by a power of the time that is left.

use super::state::{Rate, schedule};
use crate::optimizers::arguments::{any, factor, positive, rate};

schedule! {
    /// A rate that falls to `end_learning_rate` by a power of the time that is left, and stays there:
    /// `(initial_learning_rate - end_learning_rate) * (1 - step / decay_steps)^power + end_learning_rate`.
    ///
    /// With `cycle`, the time to fall in is the next multiple of `decay_steps`, so that the rate rises again behind each.
    ///
    /// ```
    /// use model_core::schedules::{LearningRate, PolynomialDecay};
    ///
    /// let line = LearningRate::from(PolynomialDecay::new(0.5, 10).end_learning_rate(0.25));
    /// assert_eq!((line.at(0), line.at(5), line.at(20)), (0.5, 0.375, 0.25));
    /// ```
    ///
    /// Source: <https://keras.io/api/optimizers/learning_rate_schedules/polynomial_decay/>.
    PolynomialDecay = "PolynomialDecay";
    "From this rate, so many steps long."
    (
        /// The rate of the first step, from 0 to 1e6.
        initial_learning_rate: f64, rate;
        /// In how many steps it falls, at least 1.
        decay_steps: u64, positive;
    )
    {
        /// The rate that it falls to, from 0 to 1e6.
        end_learning_rate: f64 = 0.0001, rate;
        /// The power: 1 is a line. From 0 to 100.
        power: f64 = 1.0, factor;
        /// Whether it rises again.
        cycle: bool = false, any;
    }
}

impl Rate for PolynomialDecay {
    fn at(&self, step: u64) -> f64 {
        let periods = if self.cycle { step.div_ceil(self.decay_steps).max(1) } else { 1 };
        let decay_steps = self.decay_steps as f64 * periods as f64;
        let left = 1.0 - (step as f64).min(decay_steps) / decay_steps;
        (self.initial_learning_rate - self.end_learning_rate) * libm::pow(left, self.power) + self.end_learning_rate
    }
}
