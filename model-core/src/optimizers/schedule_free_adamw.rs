//! Adam without a schedule: weights between where gradients lead and the mean of that.

use super::adam::rest_of_power;
use super::arguments::{Range, any, epsilon, share_below_one};
use super::rule::{Of, Rule, Slot, Start, Step, bounded, first, optimizer};
use crate::buffer::Buffer;
use crate::kernels::optimizer::step;

optimizer! {
    /// Adam whose weights are averaged on the way, so that no schedule is needed.
    ///
    /// `v += (g^2 - v) * (1 - beta_2)`, `z -= learning_rate * g / (sqrt(v / (1 - beta_2^t)) + epsilon)`, from the weight on, in step `t`;
    /// `x` is the mean of `z` over the steps, and `w = (1 - beta_1) * z + beta_1 * x`, where gradients are taken.
    ///
    /// ```
    /// use model_core::optimizers::ScheduleFreeAdamW;
    ///
    /// let optimizer = ScheduleFreeAdamW::new(2.5e-3).warmup_steps(100).weight_decay(0.01);
    /// assert_eq!(optimizer.epsilon, 1e-8);
    /// ```
    ///
    /// Source: Defazio et al. 2024, <https://arxiv.org/abs/2405.15682>; <https://keras.io/api/optimizers/schedule_free_adamw/>.
    ScheduleFreeAdamW = "schedule_free_adam_w", learning_rate = 0.0025;
    {
        /// The share of the mean in the weights, from 1e-6 to below 1.
        beta_1: f64 = 0.9, divisor;
        /// What the average of the squares keeps at each step, from 0 to below 1.
        beta_2: f64 = 0.999, share_below_one;
        /// What is added to the root, from 1e-16 to 1.
        epsilon: f64 = 1e-8, epsilon;
        /// In how many steps the rate rises to what it is.
        warmup_steps: u64 = 0, any;
    }
}

fn divisor(value: &f64) -> Range {
    (*value >= 1e-6 && share_below_one(value).0, "a number from 1e-6 to below 1")
}

impl Rule for ScheduleFreeAdamW {
    fn slots(&self, of: Of<'_>) -> Vec<Slot> {
        vec![Slot::new("momentum", of).from(Start::Weight), Slot::squares("velocity", of)]
    }

    fn step(&self, at: Step<'_>, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>], _: &mut Buffer<f32>) {
        let warmed = if self.warmup_steps > 0 { (at.iteration as f64 / self.warmup_steps as f64).min(1.0) } else { 1.0 };
        let rate = (at.rate * warmed) as f32;
        let (beta_1, rest_2, epsilon) = (self.beta_1 as f32, 1.0 - self.beta_2 as f32, self.epsilon as f32);
        let (rest_1, correction) = (1.0 - beta_1, rest_of_power::<f32>(self.beta_2, at.iteration) as f32);
        let new = (1.0 / at.iteration as f64) as f32;
        let [momentums, velocities] = first(slots);
        step(gradient, [weight, momentums, velocities], move |g, [y, before, v]| {
            let v = v + (g * g - v) * rest_2;
            let z = bounded(before - rate * g / ((v / correction).sqrt() + epsilon));
            let mean = bounded((y - rest_1 * before) / beta_1);
            let mean = (1.0 - new) * mean + new * z;
            [rest_1 * z + beta_1 * mean, z, v]
        });
    }
}
