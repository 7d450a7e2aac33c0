//! What recurrent layers share: shapes, weights, and the memory that going back through time takes.

use crate::argument::Size;
use crate::dim::Dim;
use crate::layer::{Care, Manner, Needs, Slot, Space, WeightSpec};
use crate::layers::activated::{known_size, last_size, require_axes};
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

const AXES: &[&str] = &["steps", "features"];

/// A layer that gives all its outputs hands its mask on; the last output alone needs none.
pub(super) const fn mask_use(return_sequences: bool) -> MaskUse {
    if return_sequences { MaskUse::Passes } else { MaskUse::Consumes }
}

/// `[steps, features] -> [units]`, or `[steps, units]` with all of the sequence.
pub(super) fn infer(units: &Size, return_sequences: bool, inputs: &[TensorType]) -> Result<TensorType, Problem> {
    let steps = require_axes(&inputs[0], AXES)?[0].clone();
    known_size(&inputs[0].shape, 1)?;
    let units = units.0.clone();
    units.mul(&Dim::constant(4)).and_then(|gates| gates.mul(&units)).ok_or(Problem::Overflow)?;
    Ok(inputs[0].with_shape(Shape(if return_sequences { vec![steps, units] } else { vec![units] })))
}

/// What a call may give as the state before the first step.
pub(super) const SLOTS: &[Slot] = &[Slot { name: "initial_state", expected: "the state before the first step" }];

/// Which of the slots it is.
pub const INITIAL_STATE: usize = 0;

/// The output, and with `return_state` the states behind it, of a layer with so many states. What it is given to begin with is of their sizes.
pub(super) fn outputs(
    output: TensorType,
    units: &Size,
    states: usize,
    return_state: bool,
    (inputs, manner): (&[TensorType], Manner),
) -> Result<Vec<TensorType>, Problem> {
    let (given, first) = (manner.slot(INITIAL_STATE, inputs), manner.start(INITIAL_STATE, inputs.len()));
    if !given.is_empty() && given.len() != states {
        return Err(Problem::Slot { slot: "initial_state", operand: first, expected: states, found: given.len() });
    }
    let state = output.with_shape(Shape(vec![units.0.clone()]));
    for (operand, found) in (first..).zip(given) {
        if *found != state {
            let (expected, found) = (state.clone(), found.clone());
            return Err(Problem::InputType { operand, input: "initial_state".to_owned(), expected, found });
        }
    }
    let returned = if return_state { states } else { 0 };
    Ok(std::iter::once(output).chain(std::iter::repeat_n(state, returned)).collect())
}

/// The kernels of so many gates.
pub(super) fn kernels(inputs: &[TensorType], units: &Dim, gates: usize, cares: [Care; 2]) -> Vec<WeightSpec> {
    let columns = units.saturating_mul(&Dim::from(gates));
    let kernels = [("kernel", [last_size(inputs), columns.clone()]), ("recurrent_kernel", [units.clone(), columns])];
    kernels.into_iter().zip(cares).map(|((name, shape), care)| WeightSpec::cared_for(name, shape, care)).collect()
}

/// What a cell works with, in numbers of its units.
pub(super) struct Cell {
    /// The gates, each of which the kernels have columns for.
    pub gates: usize,
    /// What each step leaves for backward.
    pub saved: usize,
    /// Whether the input's and the state's part in the gates have different gradients.
    pub has_two_gradients: bool,
}

impl Cell {
    /// The memory of a layer of such cells.
    #[allow(clippy::arithmetic_side_effects)] // of a few gates
    pub fn needs(&self, inputs: &[Shape], of: &Size) -> Needs {
        let (steps, gates) = (&inputs[0].0[0], self.gates);
        let gradients = if self.has_two_gradients { 2 } else { 1 };
        // So many numbers of units for every step, and so many whatever the steps.
        let units = |every_step: usize, once: usize| {
            let each = steps.saturating_mul(&Dim::from(every_step)).saturating_add(&Dim::from(once));
            Space::per_sample(each.saturating_mul(&of.0))
        };
        Needs {
            inputs: true,
            // What the cell leaves, and the state before, of each step.
            saved: units(self.saved + 1, 0),
            // The input's part in the gates of all steps; of one step both parts, one of them twice, state and carry.
            forward_scratch: units(gates, 3 * gates + 2),
            // The gates' gradients of all steps; of one step both parts, one of them twice, the gradients of state and carry, the state.
            backward_scratch: units(gates * gradients, 3 * gates + 3),
            ..Needs::default()
        }
    }
}
