//! Adam's steps, as long as the weight is.

use super::adam::rest_of_power;
use super::arguments::{epsilon, share_below_one};
use super::rule::{Of, Rule, Slot, Step, bounded, first, optimizer};
use crate::buffer::Buffer;
use crate::kernels::optimizer::step;
use crate::kernels::penalty::square_sum;

optimizer! {
    /// Adam's steps, scaled to the norm of the weight, for large batches.
    ///
    /// `m += (g - m) * (1 - beta_1)`, `v += (g^2 - v) * (1 - beta_2)`, `u = m / (1 - beta_1^t) / (sqrt(v / (1 - beta_2^t)) + epsilon)` in step `t`,
    /// and `w -= learning_rate * |w| / |u| * u`, where the norms are those of the whole weight; without the norms where one of them is 0.
    ///
    /// ```
    /// use model_core::optimizers::Lamb;
    ///
    /// let optimizer = Lamb::new(1e-3).beta_2(0.99);
    /// assert_eq!(optimizer.epsilon, 1e-7);
    /// ```
    ///
    /// Source: You et al. 2019, <https://arxiv.org/abs/1904.00962>; <https://keras.io/api/optimizers/lamb/>.
    Lamb = "lamb", learning_rate = 0.001;
    {
        /// What the average of the gradients keeps at each step, from 0 to below 1.
        beta_1: f64 = 0.9, share_below_one;
        /// What the average of their squares keeps at each step, from 0 to below 1.
        beta_2: f64 = 0.999, share_below_one;
        /// What is added to the root, from 1e-16 to 1.
        epsilon: f64 = 1e-7, epsilon;
    }
}

impl Rule for Lamb {
    fn slots(&self, of: Of<'_>) -> Vec<Slot> {
        vec![Slot::new("momentum", of), Slot::squares("velocity", of)]
    }

    fn step(&self, at: Step<'_>, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>], room: &mut Buffer<f32>) {
        let correction = |beta| rest_of_power::<f32>(beta, at.iteration) as f32;
        let (of_momentum, of_velocity) = (correction(self.beta_1), correction(self.beta_2));
        let (rest_1, rest_2, epsilon) = ((1.0 - self.beta_1) as f32, (1.0 - self.beta_2) as f32, self.epsilon as f32);
        let [momentums, velocities] = first(slots);
        room.resize(gradient.len());
        step(gradient, [&mut **room, momentums, velocities], move |g, [_, m, v]| {
            let m = m + (g - m) * rest_1;
            let v = v + (g * g - v) * rest_2;
            [m / of_momentum / ((v / of_velocity).sqrt() + epsilon), m, v]
        });
        let (of_weight, of_update) = (square_sum(weight).sqrt(), square_sum(room).sqrt());
        let ratio = if of_weight > 0.0 && of_update > 0.0 { of_weight / of_update } else { 1.0 };
        // An infinite factor would make a NaN of a zero.
        let factor = (ratio * at.rate).min(1e36) as f32;
        step(room, [weight], move |u, [w]| [w - bounded(factor * u)]);
    }
}
