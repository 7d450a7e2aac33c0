//! The update rules of Keras 3's optimisers, one pass over a tensor each.
//!
//! The order of operations is Keras's, in `T`, so that a step gives Keras's numbers to rounding.

use crate::float::Float;
use crate::kernels::chunks::{CHUNK, each};
use crate::kernels::lanes;
use crate::kernels::vectorize::vectorize;

/// Stochastic gradient descent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd {
    /// The step's size.
    pub learning_rate: f64,
    /// The share of the last step that is repeated; 0 is none.
    pub momentum: f64,
    /// Whether to look ahead (Nesterov).
    pub nesterov: bool,
}

/// Steps of one size, divided by a moving root mean square of the gradients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsProp {
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

/// One step of SGD. `momentums` is empty without momentum.
pub fn sgd<T: Float>(rule: &Sgd, gradient: &[T], variable: &mut [T], momentums: &mut [T]) {
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

/// One step of RMSprop. `momentums` is empty without momentum, `averages` unless centered.
pub fn rms_prop<T: Float>(
    rule: &RmsProp,
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

/// One step of Adam, the `iteration`th (the first is 1). `largest` is empty unless amsgrad.
pub fn adam<T: Float>(
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

/// `slots = update(gradient, slots)` for every element. An empty slot reads as zero, and what it becomes is dropped.
fn step<T: Float, const N: usize>(gradient: &[T], slots: [&mut [T]; N], update: impl Fn(T, [T; N]) -> [T; N] + Sync) {
    debug_assert!(slots.iter().all(|slot| slot.is_empty() || slot.len() == gradient.len()));
    each(slots.map(|slot| (slot, CHUNK)), |i, mut slots| {
        let gradient = &gradient[i * CHUNK..][..slots[0].len()];
        vectorize(
            #[inline(always)]
            || {
                for (b, gradient) in gradient.chunks(BLOCK).enumerate() {
                    step_block(b * BLOCK, gradient, &mut slots, &update);
                }
            },
        );
    });
}

/// The elements that are copied to the stack at a time, so that the arithmetic need not ask which slots are there.
const BLOCK: usize = 256;

#[inline(always)]
fn step_block<T: Float, const N: usize>(
    start: usize,
    gradient: &[T],
    slots: &mut [&mut [T]; N],
    update: &impl Fn(T, [T; N]) -> [T; N],
) {
    let mut states = [[T::ZERO; BLOCK]; N];
    let n = gradient.len().min(BLOCK);
    for (state, slot) in states.iter_mut().zip(slots.iter()).filter(|(_, slot)| !slot.is_empty()) {
        state[..n].copy_from_slice(&slot[start..][..n]);
    }
    for (k, &g) in gradient[..n].iter().enumerate() {
        let new = update(g, std::array::from_fn(|s| states[s][k]));
        for s in 0..N {
            states[s][k] = new[s];
        }
    }
    for (state, slot) in states.iter().zip(slots.iter_mut()).filter(|(_, slot)| !slot.is_empty()) {
        slot[start..][..n].copy_from_slice(&state[..n]);
    }
}

#[cfg(test)]
mod tests;
