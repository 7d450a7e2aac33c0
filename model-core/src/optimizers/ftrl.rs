//! Follow the regularised leader.

use super::adagrad::start;
use super::arguments::{Range, factor};
use super::rule::{Of, Rule, Slot, Start, Step, bounded, first, optimizer};
use crate::buffer::Buffer;
use crate::kernels::optimizer::step;

optimizer! {
    /// Follow the regularised leader: weights that many steps leave at zero, for shallow models with many rare features.
    ///
    /// With `p = -learning_rate_power`, `n` the sum of squares before the step, `a = n + g^2`, and `l` the
    /// `l2_regularization_strength + beta / (2 * learning_rate)`:
    /// `z += g + 2 * l2_shrinkage * w - (a^p - n^p) / learning_rate * w` and `w = (clip(z, -l1, l1) - z) / (a^p / learning_rate + 2 * l)`.
    /// A learning rate of 0 leaves all as it is.
    ///
    /// ```
    /// use model_core::optimizers::Ftrl;
    ///
    /// let optimizer = Ftrl::new(0.1).l1_regularization_strength(0.01);
    /// assert_eq!(optimizer.learning_rate_power, -0.5);
    /// ```
    ///
    /// Source: McMahan et al. 2013, <https://research.google.com/pubs/archive/41159.pdf>; <https://keras.io/api/optimizers/ftrl/>.
    Ftrl = "ftrl", learning_rate = 0.001;
    {
        /// How the rate falls: the power of the sum of squares, from -2 to 0; 0 does not let it fall.
        learning_rate_power: f64 = -0.5, power;
        /// What the sum of squares starts from, from 0 to 1e30.
        initial_accumulator_value: f64 = 0.1, start;
        /// How much small weights are drawn to zero, from 0 to 100.
        l1_regularization_strength: f64 = 0.0, factor;
        /// How much large weights are drawn to zero, from 0 to 100.
        l2_regularization_strength: f64 = 0.0, factor;
        /// How much large weights shrink without a say in what is remembered, from 0 to 100.
        l2_shrinkage_regularization_strength: f64 = 0.0, factor;
        /// The paper's beta, from 0 to 100.
        beta: f64 = 0.0, factor;
    }
}

fn power(value: &f64) -> Range {
    ((-2.0..=0.0).contains(value), "a number from -2 to 0")
}

/// `x^p`; a root where it is one.
fn raised(x: f64, p: f64) -> f64 {
    if p == 0.5 { x.sqrt() } else { libm::pow(x, p) }
}

impl Rule for Ftrl {
    fn slots(&self, of: Of<'_>) -> Vec<Slot> {
        let start = Start::Constant(self.initial_accumulator_value);
        vec![Slot::squares("accumulator", of).from(start), Slot::new("linear", of)]
    }

    fn step(&self, at: Step<'_>, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>], _: &mut Buffer<f32>) {
        if at.rate == 0.0 {
            return;
        }
        // In double precision, whose range none of the powers and quotients leaves.
        let (rate, p, l1) = (at.rate.max(1e-30), -self.learning_rate_power, self.l1_regularization_strength);
        let l2 = self.l2_regularization_strength + self.beta / (2.0 * rate);
        let shrinkage = 2.0 * self.l2_shrinkage_regularization_strength;
        let [sums, linears] = first(slots);
        step(gradient, [weight, sums, linears], move |g, [w, sum, linear]| {
            let [g, w, sum, linear] = [g, w, sum, linear].map(f64::from);
            let new = (sum + g * g).min(1e38);
            let (now, before) = (raised(new, p), raised(sum, p));
            let linear = bounded(linear + g + shrinkage * w - (now - before) / rate * w);
            let quadratic = now / rate + 2.0 * l2;
            // Nothing is known of a weight that has never had a gradient.
            let w = if quadratic > 0.0 { (linear.clamp(-l1, l1) - linear) / quadratic } else { 0.0 };
            [bounded(w), new, linear].map(|x| x as f32)
        });
    }
}
