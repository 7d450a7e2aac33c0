//! A rate that falls as a cosine does, again and again.

use std::f64::consts::PI;

use super::state::{Rate, schedule};
use crate::optimizers::arguments::{Range, factor, positive, rate, share};

schedule! {
    /// A rate that falls as a cosine does, and starts anew: each time `t_mul` times as long and `m_mul` times as high.
    ///
    /// ```
    /// use model_core::schedules::{CosineDecayRestarts, LearningRate};
    ///
    /// let waves = LearningRate::from(CosineDecayRestarts::new(0.1, 10).m_mul(0.5));
    /// assert_eq!((waves.at(0), waves.at(5), waves.at(10), waves.at(20)), (0.1, 0.05, 0.05, 0.025));
    /// ```
    ///
    /// Source: Loshchilov and Hutter 2016, <https://arxiv.org/abs/1608.03983>;
    /// <https://keras.io/api/optimizers/learning_rate_schedules/cosine_decay_restarts/>.
    CosineDecayRestarts = "SGDRDecay";
    "From this rate, so many steps long at first."
    (
        /// The rate of the first step, from 0 to 1e6.
        initial_learning_rate: f64, rate;
        /// In how many steps it falls at first, at least 1.
        first_decay_steps: u64, positive;
    )
    {
        /// How many times as long each time is as the one before, from 1 to 100.
        t_mul: f64 = 2.0, longer;
        /// How many times as high each time starts as the one before, from 0 to 100.
        m_mul: f64 = 1.0, factor;
        /// The share of the start that is left at the end, from 0 to 1.
        alpha: f64 = 0.0, share;
    }
}

fn longer(value: &f64) -> Range {
    ((1.0..=100.0).contains(value), "a number from 1 to 100")
}

impl CosineDecayRestarts {
    /// How often it has started anew, and what share of the time since then is over, both of a number of first times.
    fn period(&self, time: f64) -> (f64, f64) {
        if self.t_mul == 1.0 {
            return (time.floor(), time.fract());
        }
        let length = |restarts: f64| libm::pow(self.t_mul, restarts);
        let start = |restarts: f64| (1.0 - length(restarts)) / (1.0 - self.t_mul);
        let mut restarts = (libm::log(1.0 - time * (1.0 - self.t_mul)) / libm::log(self.t_mul)).floor().max(0.0);
        // The logarithm is rounded, and a whole number is then off by one.
        if start(restarts + 1.0) <= time {
            restarts += 1.0;
        } else if restarts > 0.0 && start(restarts) > time {
            restarts -= 1.0;
        }
        (restarts, (time - start(restarts)) / length(restarts))
    }
}

impl Rate for CosineDecayRestarts {
    fn at(&self, step: u64) -> f64 {
        let (restarts, completed) = self.period(step as f64 / self.first_decay_steps as f64);
        let cosine = 0.5 * libm::pow(self.m_mul, restarts) * (1.0 + libm::cos(PI * completed));
        self.initial_learning_rate * ((1.0 - self.alpha) * cosine + self.alpha)
    }
}
