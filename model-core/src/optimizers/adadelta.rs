//! Steps by the root of a moving average of squares, in units of the steps so far.

use super::arguments::{epsilon, share_below_one};
use super::rule::{Of, Rule, Slot, Step, bounded, first, optimizer, summed};
use crate::buffer::Buffer;
use crate::kernels::optimizer::step;

optimizer! {
    /// The gradient, divided by the root of a moving average of its square, in units of the steps so far.
    ///
    /// `a = rho * a + (1 - rho) * g^2`, `d = sqrt(s + epsilon) * g / sqrt(a + epsilon)`, `s = rho * s + (1 - rho) * d^2`, and
    /// `w -= learning_rate * d`. The paper's learning rate is 1.
    ///
    /// ```
    /// use model_core::optimizers::Adadelta;
    ///
    /// let optimizer = Adadelta::new(1.0).rho(0.9);
    /// assert_eq!(Adadelta::default().rho, 0.95);
    /// ```
    ///
    /// Source: Zeiler 2012, <https://arxiv.org/abs/1212.5701>; <https://keras.io/api/optimizers/adadelta/>.
    Adadelta = "adadelta", learning_rate = 0.001;
    {
        /// What the moving averages keep at each step, from 0 to below 1.
        rho: f64 = 0.95, share_below_one;
        /// What is added under the roots, from 1e-16 to 1.
        epsilon: f64 = 1e-7, epsilon;
    }
}

impl Rule for Adadelta {
    fn slots(&self, of: Of<'_>) -> Vec<Slot> {
        vec![Slot::squares("accumulated_grad", of), Slot::squares("accumulated_delta_var", of)]
    }

    fn step(&self, at: Step<'_>, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>], _: &mut Buffer<f32>) {
        let (rate, epsilon, rho, rest) = (at.rate as f32, self.epsilon as f32, self.rho as f32, (1.0 - self.rho) as f32);
        let [gradients, deltas] = first(slots);
        step(gradient, [weight, gradients, deltas], move |g, [w, a, s]| {
            let a = rho * a + rest * (g * g);
            let delta = (s + epsilon).sqrt() * g / (a + epsilon).sqrt();
            [w - bounded(rate * delta), a, summed(rho * s + rest * (delta * delta))]
        });
    }
}
