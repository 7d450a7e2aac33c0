//! Steps by moving averages of the gradient and of its square.

use serde_json::{Value, json};

use super::{Range, Rule, epsilon, share_below_one};
use crate::buffer::Buffer;
use crate::error::Result;
use crate::float::Float;
use crate::keras::Fields;
use crate::kernels::lanes;
use crate::kernels::optimizer::step;

/// Moving averages of the gradient and of its square, corrected for their start at zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// The step's size.
    pub learning_rate: f64,
    /// What the average of the gradients keeps.
    pub beta_1: f64,
    /// What the average of their squares keeps.
    pub beta_2: f64,
    /// Added to the root.
    pub epsilon: f64,
    /// Whether to divide by the largest average so far.
    pub amsgrad: bool,
}

impl Adam {
    /// Steps of `learning_rate`, Keras's default of which is 0.001; the rest is Keras's default.
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
    #[must_use]
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, amsgrad: false }
    }

    /// What the average of the gradients keeps at each step, from 0 to below 1.
    #[must_use]
    pub const fn beta_1(self, beta_1: f64) -> Self {
        Self { beta_1, ..self }
    }

    /// What the average of their squares keeps at each step, from 0 to below 1.
    #[must_use]
    pub const fn beta_2(self, beta_2: f64) -> Self {
        Self { beta_2, ..self }
    }

    /// What is added to the root.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// Whether to divide by the largest average so far.
    #[must_use]
    pub const fn amsgrad(self, amsgrad: bool) -> Self {
        Self { amsgrad, ..self }
    }
}

impl Default for Adam {
    fn default() -> Self {
        Self::new(0.001)
    }
}

impl Rule for Adam {
    const CLASS: &'static str = "Adam";
    const NAME: &'static str = "adam";

    fn learning_rate(&mut self) -> &mut f64 {
        &mut self.learning_rate
    }

    fn slots(&self) -> Vec<&'static str> {
        let mut slots = vec!["momentum", "velocity"];
        slots.extend(self.amsgrad.then_some("velocity_hat"));
        slots
    }

    fn step(&self, iteration: u64, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>]) {
        let mut slots = slots.iter_mut().map(|slot| &mut **slot);
        let mut next = || slots.next().unwrap_or_default();
        let (momentum, velocity, largest) = (next(), next(), next());
        adam(self, iteration, gradient, weight, momentum, velocity, largest);
    }

    fn write(&self) -> Value {
        json!({ "beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon, "amsgrad": self.amsgrad })
    }

    fn read(learning_rate: f64, fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            learning_rate,
            beta_1: fields.number("beta_1", 0.9)?,
            beta_2: fields.number("beta_2", 0.999)?,
            epsilon: fields.number("epsilon", 1e-7)?,
            amsgrad: fields.boolean("amsgrad", false)?,
        })
    }

    fn ranges(&self) -> Vec<Range> {
        vec![share_below_one("beta_1", self.beta_1), share_below_one("beta_2", self.beta_2), epsilon(self.epsilon)]
    }
}

/// One step of Adam, the `iteration`th (the first is 1). `largest` is empty unless amsgrad.
pub(super) fn adam<T: Float>(
    rule: &Adam,
    iteration: u64,
    gradient: &[T],
    variable: &mut [T],
    momentums: &mut [T],
    velocities: &mut [T],
    largest: &mut [T],
) {
    let c = T::from_f64;
    // The powers of the betas as they are in `T`: in `f32` 1 - 0.999 differs from 0.001 by 5e-5 of itself.
    let kept = |beta: f64| (T::ONE - c(libm::pow(c(beta).to_f64(), iteration as f64))).to_f64();
    let alpha = c(c(rule.learning_rate).to_f64() * kept(rule.beta_2).sqrt() / kept(rule.beta_1));
    let (rest_1, rest_2, epsilon) = (c(1.0 - rule.beta_1), c(1.0 - rule.beta_2), c(rule.epsilon));
    step(gradient, [variable, momentums, velocities, largest], |g, [w, m, v, most]| {
        let m = m + (g - m) * rest_1;
        let v = v + (g * g - v) * rest_2;
        let most = if rule.amsgrad { lanes::max(most, v) } else { v };
        [w - m * alpha / (most.sqrt() + epsilon), m, v, most]
    });
}
