//! What layers share that are told what to look at: a slot for a mask, which is true there.

use crate::layer::{Manner, Slot};
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

/// The slot of a mask.
pub(super) const SLOT: Slot = Slot { name: "mask", expected: "what is to be looked at, a tensor of type bool" };

/// The slots of a layer that takes a mask and nothing else by name.
pub(super) const SLOTS: &[Slot] = &[SLOT];

/// Which of those slots it is.
pub const MASK: usize = 0;

/// Refuses what a slot is given unless it is one mask of a shape.
pub(super) fn check(inputs: &[TensorType], manner: Manner, slot: usize, shape: Shape) -> Result<(), Problem> {
    let (given, operand) = (manner.slot(slot, inputs), manner.start(slot, inputs.len()));
    let expected = TensorType { dtype: DType::Bool, shape };
    match given {
        [] => Ok(()),
        [mask] if *mask == expected => Ok(()),
        [mask] => Err(Problem::InputType { operand, input: "mask".to_owned(), expected, found: mask.clone() }),
        _ => Err(Problem::Slot { slot: "mask", operand, expected: 1, found: given.len() }),
    }
}
