//! Adam with weights that decay.

use super::adam::{Moments, adam, kept, slots};
use super::arguments::{any, epsilon, share_below_one};
use super::rule::{Kept, Of, Rule, Slot, Step, first, optimizer};
use crate::buffer::Buffer;

optimizer! {
    /// [`Adam`](super::Adam) with weights that decay before each step: `w -= w * weight_decay * learning_rate`.
    ///
    /// The decay is 0.004 by default, of all weights; [`exclude_from_weight_decay`](Self::exclude_from_weight_decay) says which do not decay.
    ///
    /// ```
    /// use model_core::optimizers::AdamW;
    ///
    /// let optimizer = AdamW::new(1e-3).weight_decay(0.01).exclude_from_weight_decay(["bias"]);
    /// assert_eq!(optimizer.common.weight_decay, Some(0.01));
    /// assert_eq!(AdamW::default().common.weight_decay, Some(0.004));
    /// ```
    ///
    /// Source: Loshchilov and Hutter 2017, <https://arxiv.org/abs/1711.05101>; <https://keras.io/api/optimizers/adamw/>.
    AdamW = "adam_w", learning_rate = 0.001, weight_decay = 0.004 first;
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

impl Rule for AdamW {
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
