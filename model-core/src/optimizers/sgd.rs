//! Stochastic gradient descent.

use super::arguments::{any, share};
use super::rule::{Of, Rule, Slot, Step, bounded, first, optimizer};
use crate::buffer::Buffer;
use crate::float::Float;
use crate::kernels::optimizer::step;

optimizer! {
    /// Stochastic gradient descent.
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
    SGD = "sgd", learning_rate = 0.01;
    {
        /// The share of the last step that is repeated, from 0 to 1; 0 is none.
        momentum: f64 = 0.0, share;
        /// Whether to look ahead (Nesterov).
        nesterov: bool = false, any;
    }
}

impl Rule for SGD {
    fn slots(&self, of: Of<'_>) -> Vec<Slot> {
        if self.momentum == 0.0 { Vec::new() } else { vec![Slot::new("momentum", of)] }
    }

    fn kept_at_zero(&self) -> Option<f64> {
        (self.momentum == 0.0).then_some(1.0)
    }

    fn step(&self, step: Step<'_>, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>], _: &mut Buffer<f32>) {
        let [momentum] = first(slots);
        sgd(self, step.rate, gradient, weight, momentum);
    }
}

/// One step of SGD. `momentums` is empty without momentum.
pub(super) fn sgd<T: Float>(rule: &SGD, rate: f64, gradient: &[T], variable: &mut [T], momentums: &mut [T]) {
    let (rate, momentum) = (T::from_f64(rate), T::from_f64(rule.momentum));
    let (has_momentum, is_nesterov) = (rule.momentum != 0.0, rule.nesterov);
    if !has_momentum {
        return step(gradient, [variable], move |g, [w]| [w - g * rate]);
    }
    step(gradient, [variable, momentums], move |g, [w, m]| {
        let m = bounded(m * momentum - g * rate);
        [w + if is_nesterov { m * momentum - g * rate } else { m }, m]
    });
}
