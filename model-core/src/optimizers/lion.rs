//! Steps of one size, by the sign of a moving average.

use super::arguments::share;
use super::rule::{Of, Rule, Slot, Step, first, optimizer};
use crate::buffer::Buffer;
use crate::kernels::optimizer::step;

optimizer! {
    /// Steps of one size, by the sign of a moving average of the gradient.
    ///
    /// `w -= learning_rate * sign(beta_1 * m + (1 - beta_1) * g)` and then `m = beta_2 * m + (1 - beta_2) * g`. It wants a rate that is three to
    /// ten times smaller than Adam's, and a decay that is as much larger.
    ///
    /// ```
    /// use model_core::optimizers::Lion;
    ///
    /// let optimizer = Lion::new(1e-4).weight_decay(0.1);
    /// assert_eq!((optimizer.beta_1, optimizer.beta_2), (0.9, 0.99));
    /// ```
    ///
    /// Source: Chen et al. 2023, <https://arxiv.org/abs/2302.06675>; <https://keras.io/api/optimizers/lion/>.
    Lion = "lion", learning_rate = 0.001;
    {
        /// The share of the average in what a step goes by, above 0 to 1.
        beta_1: f64 = 0.9, share_above_zero;
        /// What the average keeps at each step, from 0 to 1.
        beta_2: f64 = 0.99, share;
    }
}

fn share_above_zero(value: &f64) -> super::arguments::Range {
    (*value > 0.0 && *value <= 1.0, "a number above 0 to 1")
}

impl Rule for Lion {
    fn slots(&self, of: Of<'_>) -> Vec<Slot> {
        vec![Slot::new("momentum", of)]
    }

    fn step(&self, at: Step<'_>, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>], _: &mut Buffer<f32>) {
        let (rate, beta_1, beta_2) = (at.rate as f32, self.beta_1 as f32, self.beta_2 as f32);
        // Keras takes them from one in the weights' own type.
        let (rest_1, rest_2, [momentums]) = (1.0 - beta_1, 1.0 - beta_2, first(slots));
        step(gradient, [weight, momentums], move |g, [w, m]| {
            let ahead = m * beta_1 + g * rest_1;
            let sign = f32::from(i8::from(ahead > 0.0) - i8::from(ahead < 0.0));
            [w - rate * sign, m * beta_2 + g * rest_2]
        });
    }
}
