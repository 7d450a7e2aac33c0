//! How Keras's files have what an optimiser remembers: its variables, one behind the other.

use super::Optimizer;
use super::memory::Memory;
use super::rule::Kept;
use crate::error::Result;
use crate::keras::wrong;
use crate::schedules::LearningRate;

/// An optimiser as a file has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trained<'o> {
    pub(crate) rule: &'o Optimizer,
    /// What is remembered of each weight.
    pub(crate) memory: &'o [Memory],
    /// The gradients that it has been given.
    pub(crate) iterations: u64,
}

/// A variable of an optimiser in Keras.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Saved {
    /// The gradients that it has been given.
    Iterations,
    /// The learning rate, where no schedule tells it.
    Rate(f64),
    /// What is remembered of a weight: the weight's number and the slot's.
    Slot(usize, usize),
    /// What Keras has and never looks at, of a shape.
    Unused(Vec<usize>),
    /// What follows from the steps that were taken.
    Number(f64),
}

impl Trained<'_> {
    /// The variables for the weights of these numbers, in Keras's order.
    ///
    /// # Errors
    /// Of several optimisers, which Keras has no one file for.
    pub(crate) fn saved(self, trained: &[usize]) -> Result<Vec<Saved>> {
        let rule = match self.rule {
            Optimizer::MultiOptimizer(_) => {
                let expected = "one optimiser in a file of Keras's; `.safetensors` has several";
                return Err(wrong("optimizer", "class_name", expected, &"MultiOptimizer".into()));
            }
            single => single.rule(0),
        };
        let kept: Vec<Vec<Vec<Kept>>> = trained.iter().map(|&weight| rule.kept(self.memory[weight].of())).collect();
        let of = |name: &str, weight: usize| {
            let slots = self.memory[weight].expected(self.rule);
            slots.iter().position(|slot| slot.name == name).map(|slot| Saved::Slot(weight, slot))
        };
        let mut all = vec![Saved::Iterations];
        if let LearningRate::Number(rate) = *rule.learning_rate() {
            all.push(Saved::Rate(rate));
        }
        for name in ["average", "gradient_accumulator"] {
            all.extend(trained.iter().filter_map(|&weight| of(name, weight)));
        }
        for group in 0..kept.iter().map(Vec::len).max().unwrap_or(0) {
            for (kept, &weight) in kept.iter().zip(trained) {
                all.extend(kept.get(group).into_iter().flatten().filter_map(|kept| match kept {
                    Kept::Slot(name) => of(name, weight),
                    Kept::Unused(shape) => Some(Saved::Unused(shape.clone())),
                }));
            }
        }
        let steps = self.iterations / rule.common().parts();
        all.extend(rule.kept_number(steps).map(Saved::Number));
        Ok(all)
    }
}
