//! Stochastic gradient descent.

use serde_json::{Value, json};

use super::{Range, Rule, share};
use crate::buffer::Buffer;
use crate::error::Result;
use crate::float::Float;
use crate::keras::Fields;
use crate::kernels::optimizer::step;

/// Stochastic gradient descent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SGD {
    /// The step's size.
    pub learning_rate: f64,
    /// The share of the last step that is repeated; 0 is none.
    pub momentum: f64,
    /// Whether to look ahead (Nesterov).
    pub nesterov: bool,
}

impl SGD {
    /// Steps of `learning_rate` times the gradient, without momentum. Keras's default is 0.01.
    ///
    /// `w -= learning_rate * g`, with momentum `m = momentum * m - learning_rate * g` and `w += m`, or with Nesterov's
    /// `w += momentum * m - learning_rate * g`.
    ///
    /// ```
    /// use model_core::optimizers::SGD;
    ///
    /// let optimizer = SGD::new(0.1).momentum(0.9).nesterov(true);
    /// assert_eq!(optimizer.momentum, 0.9);
    /// ```
    ///
    /// Source: <https://keras.io/api/optimizers/sgd/>.
    #[must_use]
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, momentum: 0.0, nesterov: false }
    }

    /// The share of the last step that is repeated, from 0 to 1.
    #[must_use]
    pub const fn momentum(self, momentum: f64) -> Self {
        Self { momentum, ..self }
    }

    /// Whether to look ahead.
    #[must_use]
    pub const fn nesterov(self, nesterov: bool) -> Self {
        Self { nesterov, ..self }
    }
}

impl Default for SGD {
    fn default() -> Self {
        Self::new(0.01)
    }
}

impl Rule for SGD {
    const CLASS: &'static str = "SGD";
    const NAME: &'static str = "sgd";

    fn learning_rate(&mut self) -> &mut f64 {
        &mut self.learning_rate
    }

    fn slots(&self) -> Vec<&'static str> {
        if self.momentum == 0.0 { Vec::new() } else { vec!["momentum"] }
    }

    fn step(&self, _iteration: u64, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>]) {
        let momentum: &mut [f32] = slots.first_mut().map_or(&mut [], |slot| &mut **slot);
        sgd(self, gradient, weight, momentum);
    }

    fn write(&self) -> Value {
        json!({ "momentum": self.momentum, "nesterov": self.nesterov })
    }

    fn read(learning_rate: f64, fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { learning_rate, momentum: fields.number("momentum", 0.0)?, nesterov: fields.boolean("nesterov", false)? })
    }

    fn ranges(&self) -> Vec<Range> {
        vec![share("momentum", self.momentum)]
    }
}

/// One step of SGD. `momentums` is empty without momentum.
pub(super) fn sgd<T: Float>(rule: &SGD, gradient: &[T], variable: &mut [T], momentums: &mut [T]) {
    let (rate, momentum) = (T::from_f64(rule.learning_rate), T::from_f64(rule.momentum));
    let has_momentum = rule.momentum != 0.0;
    step(gradient, [variable, momentums], |g, [w, m]| {
        if !has_momentum {
            return [w - g * rate, m];
        }
        let m = m * momentum - g * rate;
        [w + if rule.nesterov { m * momentum - g * rate } else { m }, m]
    });
}
