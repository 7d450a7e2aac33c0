//! Adam with Nesterov's look ahead.

use super::adam::rest_of_power;
use super::arguments::{epsilon, share_below_one};
use super::rule::{Of, Rule, Slot, Step, bounded, first, optimizer};
use crate::buffer::Buffer;
use crate::kernels::optimizer::step;

optimizer! {
    /// Adam with Nesterov's look ahead: the average of the gradients is taken a step further, with a share that grows.
    ///
    /// `u_t = beta_1 * (1 - 0.96^t / 2)`, `p_t = u_1 * .. * u_t`, `m += (g - m) * (1 - beta_1)`, `v += (g^2 - v) * (1 - beta_2)`, and in step
    /// `t` `w -= learning_rate * (u_(t+1) * m / (1 - p_(t+1)) + (1 - u_t) * g / (1 - p_t)) / (sqrt(v / (1 - beta_2^t)) + epsilon)`.
    ///
    /// ```
    /// use model_core::optimizers::Nadam;
    ///
    /// let optimizer = Nadam::new(2e-3).epsilon(1e-8);
    /// assert_eq!((optimizer.beta_1, optimizer.beta_2), (0.9, 0.999));
    /// ```
    ///
    /// Source: Dozat 2015, <http://cs229.stanford.edu/proj2015/054_report.pdf>; <https://keras.io/api/optimizers/Nadam/>.
    Nadam = "nadam", learning_rate = 0.001;
    {
        /// What the average of the gradients keeps at each step, from 0 to below 1.
        beta_1: f64 = 0.9, share_below_one;
        /// What the average of their squares keeps at each step, from 0 to below 1.
        beta_2: f64 = 0.999, share_below_one;
        /// What is added to the root, from 1e-16 to 1.
        epsilon: f64 = 1e-7, epsilon;
    }
}

impl Nadam {
    /// The share of a step.
    fn share(&self, step: u64) -> f64 {
        self.beta_1 * (1.0 - 0.5 * libm::pow(0.96, step as f64))
    }

    /// The product of the shares up to a step. It follows from the step, so that it need not be remembered.
    fn product(&self, step: u64) -> f64 {
        // From here on the factors differ from one by less than `f32` can tell.
        const LAST: u64 = 500;
        let factors = (1..=step.min(LAST)).scan(1.0, |power, _| {
            *power *= 0.96;
            Some(1.0 - 0.5 * *power)
        });
        libm::pow(self.beta_1, step as f64) * factors.product::<f64>()
    }
}

impl Rule for Nadam {
    fn slots(&self, of: Of<'_>) -> Vec<Slot> {
        vec![Slot::new("momentum", of), Slot::squares("velocity", of)]
    }

    fn kept_number(&self, steps: u64) -> Option<f64> {
        Some(self.product(steps))
    }

    fn step(&self, at: Step<'_>, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>], _: &mut Buffer<f32>) {
        let (now, next, product) = (self.share(at.iteration), self.share(at.iteration + 1), self.product(at.iteration));
        let of_momentum = (next / (1.0 - product * next)) as f32;
        let of_gradient = ((1.0 - now) / (1.0 - product)) as f32;
        // Keras takes them from one in the weights' own type.
        let (rest_1, rest_2) = (1.0 - self.beta_1 as f32, 1.0 - self.beta_2 as f32);
        let (rate, epsilon) = (at.rate as f32, self.epsilon as f32);
        let correction = rest_of_power::<f32>(self.beta_2, at.iteration) as f32;
        let [momentums, velocities] = first(slots);
        step(gradient, [weight, momentums, velocities], move |g, [w, m, v]| {
            let m = m + (g - m) * rest_1;
            let v = v + (g * g - v) * rest_2;
            let ahead = of_momentum * m + of_gradient * g;
            [w - bounded(ahead * rate / ((v / correction).sqrt() + epsilon)), m, v]
        });
    }
}
