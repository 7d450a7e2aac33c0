//! What an optimiser remembers: the number of steps, and its slots for each weight.

use super::Optimizer;
use crate::buffer::Buffer;
use crate::network::Trainable;

/// An optimiser's memory, weight by weight in the order in which a network visits them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct State {
    /// The steps so far.
    pub(crate) iterations: u64,
    /// The slots of each weight; none for those that are not trained.
    pub(crate) slots: Vec<Vec<Buffer<f32>>>,
}

impl State {
    /// The state before the first step.
    pub(crate) fn new<N: Trainable<f32>>(optimizer: &Optimizer, model: &mut N, gradients: &N::Gradients) -> Self {
        let count = optimizer.slots().len();
        let mut slots = Vec::new();
        model.visit_with(gradients, &mut |weight, _, is_trainable| {
            let count = if weight.trainable && is_trainable { count } else { 0 };
            slots.push((0..count).map(|_| Buffer::zeros(weight.data.len())).collect());
        });
        Self { iterations: 0, slots }
    }

    /// One step: changes every trainable weight by its gradient.
    pub(crate) fn step<N: Trainable<f32>>(&mut self, optimizer: &Optimizer, model: &mut N, gradients: &N::Gradients) {
        self.iterations += 1;
        let (iteration, mut slots) = (self.iterations, self.slots.iter_mut());
        model.visit_with(gradients, &mut |weight, gradient, is_trainable| {
            let slots = slots.next().expect("every weight has its slots");
            if weight.trainable && is_trainable {
                optimizer.step(iteration, &gradient.data, &mut weight.data, slots);
            }
        });
    }
}
