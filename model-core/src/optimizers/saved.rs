//! How Keras's files have what an optimiser remembers: its variables, one behind the other.

use model_exchange::hdf5::Node;

use super::rule::Kept;
use super::{BuiltOptimizer, Optimizer};
use crate::error::Result;
use crate::keras::wrong;
use crate::schedules::LearningRate;

/// A variable of an optimiser in Keras.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Saved {
    /// The gradients that it has been given.
    Iterations,
    /// The learning rate, where no schedule tells it.
    Rate,
    /// What is remembered of a weight: the weight's number and the slot's.
    Slot(usize, usize),
    /// What Keras has and never looks at, of a shape.
    Unused(Vec<usize>),
    /// What follows from the steps that were taken.
    Number(f32),
}

impl Saved {
    /// How many zeros it takes to write.
    pub(crate) fn zeros(&self) -> usize {
        if let Self::Unused(shape) = self { shape.iter().product() } else { 0 }
    }

    /// The variable as it is written.
    pub(crate) fn node<'a>(&self, optimizer: &'a BuiltOptimizer, zeros: &'a [f32]) -> Node<'a> {
        match self {
            Self::Iterations => Node::Number(i32::try_from(optimizer.iterations).unwrap_or(i32::MAX)),
            Self::Rate => match optimizer.rule.learning_rate() {
                LearningRate::Number(rate) => Node::Float(*rate as f32),
                LearningRate::Schedule(_) => Node::Float(0.0),
            },
            Self::Slot(weight, slot) => {
                let memory = &optimizer.memory[*weight];
                let shape = memory.expected(&optimizer.rule).swap_remove(*slot).shape;
                Node::Floats(shape, memory.slots.get(*slot).map_or(&zeros[..0], |slot| slot))
            }
            Self::Unused(shape) => Node::Floats(shape.clone(), &zeros[..self.zeros()]),
            Self::Number(number) => Node::Float(*number),
        }
    }
}

/// The variables of an optimiser for the weights of these numbers, in Keras's order.
///
/// # Errors
/// Of several optimisers, which Keras has no one file for.
pub(crate) fn saved(optimizer: &BuiltOptimizer, trained: &[usize]) -> Result<Vec<Saved>> {
    let rule = match &optimizer.rule {
        Optimizer::MultiOptimizer(_) => {
            let expected = "one optimiser in a file of Keras's; `.safetensors` has several";
            return Err(wrong("optimizer", "class_name", expected, &"MultiOptimizer".into()));
        }
        single => single.rule(0),
    };
    let kept: Vec<Vec<Vec<Kept>>> = trained.iter().map(|&weight| rule.kept(optimizer.memory[weight].of())).collect();
    let of = |name: &str, weight: usize| {
        let slots = optimizer.memory[weight].expected(&optimizer.rule);
        slots.iter().position(|slot| slot.name == name).map(|slot| Saved::Slot(weight, slot))
    };
    let mut all = vec![Saved::Iterations];
    all.extend(matches!(rule.learning_rate(), LearningRate::Number(_)).then_some(Saved::Rate));
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
    let steps = optimizer.iterations / rule.common().parts();
    all.extend(rule.kept_number(steps).map(|number| Saved::Number(number as f32)));
    Ok(all)
}

/// Which variable has a slot of a weight.
pub(crate) fn place(all: &[Saved], weight: usize, slot: usize) -> Option<usize> {
    all.iter().position(|saved| *saved == Saved::Slot(weight, slot))
}
