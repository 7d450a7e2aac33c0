//! Steps by a moving average of the gradient and its largest size.

use super::adam::rest_of_power;
use super::arguments::{epsilon, share_below_one};
use super::rule::{Of, Rule, Slot, Step, bounded, first, optimizer};
use crate::buffer::Buffer;
use crate::kernels::lanes;
use crate::kernels::optimizer::step;

optimizer! {
    /// A moving average of the gradient, divided by its largest size so far, which fades.
    ///
    /// `m += (g - m) * (1 - beta_1)`, `u = max(beta_2 * u, |g|)`, and in step `t`
    /// `w -= learning_rate * m / ((1 - beta_1^t) * (u + epsilon))`.
    ///
    /// ```
    /// use model_core::optimizers::Adamax;
    ///
    /// let optimizer = Adamax::new(2e-3).beta_1(0.95);
    /// assert_eq!(optimizer.beta_2, 0.999);
    /// ```
    ///
    /// Source: Kingma and Ba 2014, <https://arxiv.org/abs/1412.6980>; <https://keras.io/api/optimizers/adamax/>.
    Adamax = "adamax", learning_rate = 0.001;
    {
        /// What the average of the gradients keeps at each step, from 0 to below 1.
        beta_1: f64 = 0.9, share_below_one;
        /// What the largest size keeps at each step, from 0 to below 1.
        beta_2: f64 = 0.999, share_below_one;
        /// What is added to the largest size, from 1e-16 to 1.
        epsilon: f64 = 1e-7, epsilon;
    }
}

impl Rule for Adamax {
    fn slots(&self, of: Of<'_>) -> Vec<Slot> {
        vec![Slot::new("momentum", of), Slot::new("norm", of)]
    }

    fn step(&self, at: Step<'_>, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>], _: &mut Buffer<f32>) {
        let rate = (at.rate / rest_of_power::<f32>(self.beta_1, at.iteration)) as f32;
        let (rest, beta_2, epsilon) = ((1.0 - self.beta_1) as f32, self.beta_2 as f32, self.epsilon as f32);
        let [momentums, norms] = first(slots);
        step(gradient, [weight, momentums, norms], move |g, [w, m, u]| {
            let m = m + (g - m) * rest;
            let u = lanes::max(beta_2 * u, g.abs());
            [w - bounded(rate * m / (u + epsilon)), m, u]
        });
    }
}
