//! Steps by the root of a moving average of squares.

use super::arguments::{any, epsilon, share, share_below_one};
use super::rule::{Kept, Of, Rule, Slot, Step, bounded, optimizer};
use crate::buffer::Buffer;
use crate::float::Float;
use crate::kernels::lanes;
use crate::kernels::optimizer::step;

optimizer! {
    /// The gradient, divided by the root of a moving average of its square.
    ///
    /// `v = rho * v + (1 - rho) * g^2` and `w -= learning_rate * g / sqrt(v + epsilon)`; centered, the moving mean of `g`, squared, is taken
    /// from `v`; with momentum, `m = momentum * m + step` and `w -= m`.
    ///
    /// ```
    /// use model_core::optimizers::RMSprop;
    ///
    /// let optimizer = RMSprop::new(1e-3).momentum(0.9).centered(true);
    /// assert_eq!((optimizer.rho, optimizer.epsilon), (0.9, 1e-7));
    /// ```
    ///
    /// Source: <https://keras.io/api/optimizers/rmsprop/>.
    RMSprop = "rm_sprop", learning_rate = 0.001;
    {
        /// What the moving averages keep at each step, from 0 to below 1.
        rho: f64 = 0.9, share_below_one;
        /// The share of the last step that is repeated, from 0 to 1; 0 is none.
        momentum: f64 = 0.0, share;
        /// What is added under the root, from 1e-16 to 1.
        epsilon: f64 = 1e-7, epsilon;
        /// Whether to divide by the deviation instead of the root mean square.
        centered: bool = false, any;
    }
}

impl Rule for RMSprop {
    fn slots(&self, of: Of<'_>) -> Vec<Slot> {
        let mut slots = vec![Slot::squares("velocity", of)];
        slots.extend((self.momentum > 0.0).then(|| Slot::new("momentum", of)));
        slots.extend(self.centered.then(|| Slot::new("average_gradient", of)));
        slots
    }

    fn kept(&self, of: Of<'_>) -> Vec<Vec<Kept>> {
        self.slots(of).into_iter().map(|slot| vec![Kept::Slot(slot.name)]).collect()
    }

    fn kept_at_zero(&self) -> Option<f64> {
        (self.momentum == 0.0 && !self.centered).then_some(self.rho)
    }

    fn step(&self, step: Step<'_>, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>], _: &mut Buffer<f32>) {
        let mut slots = slots.iter_mut().map(|slot| &mut **slot);
        let mut next = |is_there: bool| if is_there { slots.next().unwrap_or_default() } else { &mut [] };
        let (velocity, momentum, average) = (next(true), next(self.momentum > 0.0), next(self.centered));
        rmsprop(self, step.rate, gradient, weight, [velocity, momentum, average]);
    }
}

/// One step of RMSprop. Of what is remembered, momentums are empty without momentum, averages unless centered.
pub(super) fn rmsprop<T: Float>(
    rule: &RMSprop,
    rate: f64,
    gradient: &[T],
    variable: &mut [T],
    [velocities, momentums, averages]: [&mut [T]; 3],
) {
    let c = T::from_f64;
    let (rate, rho, rest, epsilon) = (c(rate), c(rule.rho), c(1.0 - rule.rho), c(rule.epsilon));
    let (momentum, has_momentum, is_centered) = (c(rule.momentum), rule.momentum > 0.0, rule.centered);
    if !has_momentum && !is_centered {
        return step(gradient, [variable, velocities], move |g, [w, v]| {
            let v = rho * v + rest * (g * g);
            [w - bounded(rate * g / (v + epsilon).sqrt()), v]
        });
    }
    step(gradient, [variable, velocities, momentums, averages], move |g, [w, v, m, a]| {
        let v = rho * v + rest * (g * g);
        let a = if is_centered { rho * a + rest * g } else { a };
        // Rounding may leave less than nothing of a variance; its root would be NaN.
        let variance = if is_centered { lanes::max(v - a * a, T::ZERO) } else { v };
        let denominator = variance + epsilon;
        let increment = rate * g / denominator.sqrt();
        let m = bounded(if has_momentum { momentum * m + increment } else { increment });
        [w - m, v, m, a]
    });
}
