//! Steps by the root of the sum of all squares.

use super::arguments::{Range, epsilon};
use super::rule::{Of, Rule, Slot, Start, Step, bounded, first, optimizer, summed};
use crate::buffer::Buffer;
use crate::kernels::optimizer::step;

optimizer! {
    /// The gradient, divided by the root of the sum of its squares so far.
    ///
    /// `a += g^2`, from `initial_accumulator_value` on, and `w -= learning_rate * g / sqrt(a + epsilon)`.
    ///
    /// ```
    /// use model_core::optimizers::Adagrad;
    ///
    /// let optimizer = Adagrad::new(0.1).initial_accumulator_value(0.5);
    /// assert_eq!(optimizer.epsilon, 1e-7);
    /// ```
    ///
    /// Source: Duchi et al. 2011, <https://www.jmlr.org/papers/volume12/duchi11a/duchi11a.pdf>; <https://keras.io/api/optimizers/adagrad/>.
    Adagrad = "adagrad", learning_rate = 0.001;
    {
        /// What the sum starts from, from 0 to 1e30.
        initial_accumulator_value: f64 = 0.1, start;
        /// What is added under the root, from 1e-16 to 1.
        epsilon: f64 = 1e-7, epsilon;
    }
}

/// What a sum of squares starts from.
pub(super) fn start(value: &f64) -> Range {
    ((0.0..=1e30).contains(value), "a number from 0 to 1e30")
}

impl Rule for Adagrad {
    fn slots(&self, of: Of<'_>) -> Vec<Slot> {
        vec![Slot::squares("accumulator", of).from(Start::Constant(self.initial_accumulator_value))]
    }

    fn kept_at_zero(&self) -> Option<f64> {
        Some(1.0)
    }

    fn step(&self, at: Step<'_>, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>], _: &mut Buffer<f32>) {
        let (rate, epsilon, [sums]) = (at.rate as f32, self.epsilon as f32, first(slots));
        step(gradient, [weight, sums], move |g, [w, sum]| {
            let sum = summed(sum + g * g);
            [w - bounded(rate * g / (sum + epsilon).sqrt()), sum]
        });
    }
}
