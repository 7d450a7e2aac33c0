//! The moving averages of weights: how they take the weights' places, for good or for a while.

use super::built::BuiltOptimizer;
use super::guard;
use crate::error::Result;
use crate::layer::Weight;
use crate::network::Trainable;

impl BuiltOptimizer {
    /// Whether it keeps moving averages of weights, `use_ema`.
    #[must_use]
    pub fn has_averages(&self) -> bool {
        (0..self.rule.groups()).any(|group| self.rule.rule(group).common().use_ema)
    }

    /// Sets every weight that has a moving average to it, as `fit` does at its end: Keras's `finalize_variable_values`. Without averages
    /// nothing changes.
    ///
    /// # Errors
    /// If the optimiser was built for another model.
    pub fn overwrite_with_averages<M: Trainable<f32>>(&mut self, model: &mut M) -> Result<()> {
        if std::mem::take(&mut self.is_swapped) {
            return self.with_averages(model, |weight, average| average.copy_from_slice(&weight.data));
        }
        self.with_averages(model, |weight, average| weight.data.copy_from_slice(average))
    }

    /// Swaps every weight with its moving average, to judge or save a model by the averages; swapping again goes back to the bit. A file that
    /// is saved meanwhile has the averages as the model's weights, and training that is resumed from it goes on from the others.
    ///
    /// # Errors
    /// If the optimiser was built for another model.
    pub fn swap_averages<M: Trainable<f32>>(&mut self, model: &mut M) -> Result<()> {
        self.with_averages(model, |weight, average| weight.data.swap_with_slice(average))?;
        self.is_swapped = !self.is_swapped;
        Ok(())
    }

    fn with_averages<M: Trainable<f32>>(
        &mut self,
        model: &mut M,
        mut change: impl FnMut(&mut Weight<f32>, &mut [f32]),
    ) -> Result<()> {
        guard::check_weights(model, &self.memory).map_err(|refusal| refusal.error(model, None, self.iterations))?;
        let (rule, mut memory) = (&self.rule, self.memory.iter_mut());
        model.visit_mut(&mut |weight| {
            let memory = memory.next().expect("the weights have been checked");
            let rule = rule.rule(memory.group);
            if let Some(average) = memory.average_mut(rule) {
                change(weight, average);
            }
        });
        Ok(())
    }
}
