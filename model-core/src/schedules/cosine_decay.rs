//! A rate that falls as a cosine does, after it has warmed up.

use std::f64::consts::PI;

use super::state::{Rate, schedule};
use crate::optimizers::arguments::{Range, any, positive, rate, share};

schedule! {
    /// A rate that falls as a cosine does, from its start to `alpha` times that, and stays there:
    /// `start * ((1 - alpha) * (1 + cos(pi * step / decay_steps)) / 2 + alpha)`.
    ///
    /// With a `warmup_target` it first rises to that on a line, `warmup_steps` long, and falls from there in `decay_steps` more.
    ///
    /// ```
    /// use model_core::schedules::{CosineDecay, LearningRate};
    ///
    /// let warm = LearningRate::from(CosineDecay::new(0.0, 100).warmup_target(0.5).warmup_steps(10));
    /// assert_eq!((warm.at(0), warm.at(5), warm.at(10), warm.at(60)), (0.0, 0.25, 0.5, 0.25));
    /// ```
    ///
    /// Source: Loshchilov and Hutter 2016, <https://arxiv.org/abs/1608.03983>;
    /// <https://keras.io/api/optimizers/learning_rate_schedules/cosine_decay/>.
    CosineDecay = "CosineDecay";
    "From this rate, so many steps long."
    (
        /// The rate of the first step, from 0 to 1e6.
        initial_learning_rate: f64, rate;
        /// In how many steps it falls, at least 1.
        decay_steps: u64, positive;
    )
    {
        /// The share of the start that is left at the end, from 0 to 1.
        alpha: f64 = 0.0, share;
        /// What it rises to before it falls, from 0 to 1e6.
        warmup_target: Option<f64> = None, target, from impl Into<Option<f64>>;
        /// How many steps it rises.
        warmup_steps: u64 = 0, any;
    }
}

fn target(target: &Option<f64>) -> Range {
    (target.is_none_or(|target| rate(&target).0), "a number from 0 to 1e6")
}

impl Rate for CosineDecay {
    fn at(&self, step: u64) -> f64 {
        let (start, step) = match self.warmup_target {
            None => (self.initial_learning_rate, step),
            Some(target) if step < self.warmup_steps => {
                let share = step as f64 / self.warmup_steps as f64;
                return (target - self.initial_learning_rate) * share + self.initial_learning_rate;
            }
            Some(target) => (target, step - self.warmup_steps),
        };
        let completed = (step as f64 / self.decay_steps as f64).min(1.0);
        start * ((1.0 - self.alpha) * (0.5 * (1.0 + libm::cos(PI * completed))) + self.alpha)
    }
}
