//! Steps divided by a moving root mean square of the gradients.

use serde_json::{Value, json};

use super::{Range, Rule, epsilon, share, share_below_one};
use crate::buffer::Buffer;
use crate::error::Result;
use crate::float::Float;
use crate::keras::Fields;
use crate::kernels::lanes;
use crate::kernels::optimizer::step;

/// Steps of one size, divided by a moving root mean square of the gradients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RMSprop {
    /// The step's size.
    pub learning_rate: f64,
    /// What the moving averages keep at each step.
    pub rho: f64,
    /// The share of the last step that is repeated; 0 is none.
    pub momentum: f64,
    /// Added under the root.
    pub epsilon: f64,
    /// Whether the gradient's moving mean is taken out of the mean square.
    pub centered: bool,
}

impl RMSprop {
    /// Steps of `learning_rate`, Keras's default of which is 0.001; the rest is Keras's default.
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
    #[must_use]
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, rho: 0.9, momentum: 0.0, epsilon: 1e-7, centered: false }
    }

    /// What the moving averages keep at each step, from 0 to below 1.
    #[must_use]
    pub const fn rho(self, rho: f64) -> Self {
        Self { rho, ..self }
    }

    /// The share of the last step that is repeated, from 0 to 1.
    #[must_use]
    pub const fn momentum(self, momentum: f64) -> Self {
        Self { momentum, ..self }
    }

    /// What is added under the root.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// Whether to divide by the deviation instead of the root mean square.
    #[must_use]
    pub const fn centered(self, centered: bool) -> Self {
        Self { centered, ..self }
    }
}

impl Default for RMSprop {
    fn default() -> Self {
        Self::new(0.001)
    }
}

impl Rule for RMSprop {
    const CLASS: &'static str = "RMSprop";
    const NAME: &'static str = "rm_sprop";

    fn learning_rate(&mut self) -> &mut f64 {
        &mut self.learning_rate
    }

    fn slots(&self) -> Vec<&'static str> {
        let mut slots = vec!["velocity"];
        slots.extend((self.momentum > 0.0).then_some("momentum"));
        slots.extend(self.centered.then_some("average_gradient"));
        slots
    }

    fn step(&self, _iteration: u64, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>]) {
        let mut slots = slots.iter_mut().map(|slot| &mut **slot);
        let mut next = |is_there: bool| if is_there { slots.next().unwrap_or_default() } else { &mut [] };
        let (velocity, momentum, average) = (next(true), next(self.momentum > 0.0), next(self.centered));
        rmsprop(self, gradient, weight, velocity, momentum, average);
    }

    fn write(&self) -> Value {
        json!({ "rho": self.rho, "momentum": self.momentum, "epsilon": self.epsilon, "centered": self.centered })
    }

    fn read(learning_rate: f64, fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            learning_rate,
            rho: fields.number("rho", 0.9)?,
            momentum: fields.number("momentum", 0.0)?,
            epsilon: fields.number("epsilon", 1e-7)?,
            centered: fields.boolean("centered", false)?,
        })
    }

    fn ranges(&self) -> Vec<Range> {
        vec![share_below_one("rho", self.rho), share("momentum", self.momentum), epsilon(self.epsilon)]
    }
}

/// One step of RMSprop. `momentums` is empty without momentum, `averages` unless centered.
pub(super) fn rmsprop<T: Float>(
    rule: &RMSprop,
    gradient: &[T],
    variable: &mut [T],
    velocities: &mut [T],
    momentums: &mut [T],
    averages: &mut [T],
) {
    let c = T::from_f64;
    let (rate, rho, rest, epsilon) = (c(rule.learning_rate), c(rule.rho), c(1.0 - rule.rho), c(rule.epsilon));
    let (momentum, has_momentum) = (c(rule.momentum), rule.momentum > 0.0);
    step(gradient, [variable, velocities, momentums, averages], |g, [w, v, m, a]| {
        let v = rho * v + rest * (g * g);
        let a = if rule.centered { rho * a + rest * g } else { a };
        // Rounding may leave less than nothing of a variance; its root would be NaN.
        let variance = if rule.centered { lanes::max(v - a * a, T::ZERO) } else { v };
        let denominator = variance + epsilon;
        let increment = rate * g / denominator.sqrt();
        let m = if has_momentum { momentum * m + increment } else { increment };
        [w - m, v, m, a]
    });
}
