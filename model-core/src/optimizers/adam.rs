//! Steps by moving averages of the gradient and of its square.

use super::arguments::{any, epsilon, share_below_one};
use super::rule::{Kept, Of, Rule, Slot, Step, bounded, first, optimizer};
use crate::buffer::Buffer;
use crate::float::Float;
use crate::kernels::lanes;
use crate::kernels::optimizer::step;

optimizer! {
    /// Moving averages of the gradient and of its square, corrected for their start at zero.
    ///
    /// `m += (g - m) * (1 - beta_1)`, `v += (g^2 - v) * (1 - beta_2)`, and in step `t`
    /// `w -= learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t) * m / (sqrt(v) + epsilon)`; with amsgrad, the largest `v` so far
    /// stands for `v`.
    ///
    /// ```
    /// use model_core::optimizers::Adam;
    ///
    /// let optimizer = Adam::new(3e-4).beta_2(0.99);
    /// assert_eq!((optimizer.beta_1, optimizer.beta_2), (0.9, 0.99));
    /// ```
    ///
    /// Source: Kingma and Ba 2014, <https://arxiv.org/abs/1412.6980>; <https://keras.io/api/optimizers/adam/>.
    Adam = "adam", learning_rate = 0.001;
    {
        /// What the average of the gradients keeps at each step, from 0 to below 1.
        beta_1: f64 = 0.9, share_below_one;
        /// What the average of their squares keeps at each step, from 0 to below 1.
        beta_2: f64 = 0.999, share_below_one;
        /// What is added to the root, from 1e-16 to 1.
        epsilon: f64 = 1e-7, epsilon;
        /// Whether to divide by the largest average so far.
        amsgrad: bool = false, any;
    }
}

impl Rule for Adam {
    fn slots(&self, of: Of<'_>) -> Vec<Slot> {
        slots(self.amsgrad, of)
    }

    fn kept(&self, _: Of<'_>) -> Vec<Vec<Kept>> {
        kept(self.amsgrad)
    }

    fn step(&self, step: Step<'_>, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>], _: &mut Buffer<f32>) {
        let &Self { beta_1, beta_2, epsilon, amsgrad, .. } = self;
        adam(&Moments { beta_1, beta_2, epsilon, amsgrad }, step.iteration, step.rate, gradient, weight, first(slots));
    }
}

/// What Adam remembers of a weight.
pub(super) fn slots(amsgrad: bool, of: Of<'_>) -> Vec<Slot> {
    let mut slots = vec![Slot::new("momentum", of), Slot::squares("velocity", of)];
    slots.extend(amsgrad.then(|| Slot::squares("velocity_hat", of)));
    slots
}

/// How Keras's files have it: the largest averages stand behind everything else.
pub(super) fn kept(amsgrad: bool) -> Vec<Vec<Kept>> {
    let mut kept = vec![vec![Kept::Slot("momentum"), Kept::Slot("velocity")]];
    kept.extend(amsgrad.then(|| vec![Kept::Slot("velocity_hat")]));
    kept
}

/// The arguments of Adam's arithmetic.
pub(super) struct Moments {
    pub(super) beta_1: f64,
    pub(super) beta_2: f64,
    pub(super) epsilon: f64,
    pub(super) amsgrad: bool,
}

/// What is left of one by a power of a share, as the share is in `T`: in `f32` 1 - 0.999 differs from 0.001 by 5e-5 of itself.
pub(super) fn rest_of_power<T: Float>(share: f64, power: u64) -> f64 {
    (T::ONE - T::from_f64(libm::pow(T::from_f64(share).to_f64(), power as f64))).to_f64()
}

/// One step of Adam, the `iteration`th (the first is 1). `largest` is empty unless amsgrad.
pub(super) fn adam<T: Float>(
    rule: &Moments,
    iteration: u64,
    rate: f64,
    gradient: &[T],
    variable: &mut [T],
    [momentums, velocities, largest]: [&mut [T]; 3],
) {
    let c = T::from_f64;
    let kept = |beta: f64| rest_of_power::<T>(beta, iteration);
    let alpha = c(c(rate).to_f64() * kept(rule.beta_2).sqrt() / kept(rule.beta_1));
    let (rest_1, rest_2, epsilon) = (c(1.0 - rule.beta_1), c(1.0 - rule.beta_2), c(rule.epsilon));
    let is_amsgrad = rule.amsgrad;
    let moments = move |g: T, m: T, v: T| (m + (g - m) * rest_1, v + (g * g - v) * rest_2);
    let moved = move |w: T, m: T, of: T| w - bounded(m * alpha / (of.sqrt() + epsilon));
    if is_amsgrad {
        step(gradient, [variable, momentums, velocities, largest], move |g, [w, m, v, most]| {
            let (m, v) = moments(g, m, v);
            let most = lanes::max(most, v);
            [moved(w, m, most), m, v, most]
        });
    } else {
        step(gradient, [variable, momentums, velocities], move |g, [w, m, v]| {
            let (m, v) = moments(g, m, v);
            [moved(w, m, v), m, v]
        });
    }
}
