//! What recurrent layers share: shapes, weights, and the memory that going back through time takes.

use crate::argument::{Rate, Size};
use crate::dim::Dim;
use crate::layer::{Care, Manner, Needs, Part, Slot, Space, WeightSpec};
use crate::layers::activated::{known_size, last_size, require_axes};
use crate::layers::{AnyLayer, masked};
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

/// What a call may give: the state before the first step, and the steps that are looked at.
pub(super) const SLOTS: &[Slot] = &[Slot { name: "initial_state", expected: "the state before the first step" }, masked::SLOT];

/// Which of the slots of a recurrent layer is that of the state.
pub const INITIAL_STATE: usize = 0;

/// Which of the slots of a recurrent layer is that of the mask.
pub const STEPS_MASK: usize = 1;

/// The output, and with `return_state` the states behind it, of a layer with so many states. What it is given to begin with is of their sizes, and
/// a mask has an element for each step.
pub(super) fn outputs(
    output: TensorType,
    state: Shape,
    states: usize,
    return_state: bool,
    (inputs, manner): (&[TensorType], Manner),
) -> Result<Vec<TensorType>, Problem> {
    let (given, first) = (manner.slot(INITIAL_STATE, inputs), manner.start(INITIAL_STATE, inputs.len()));
    if !given.is_empty() && given.len() != states {
        return Err(Problem::Slot { slot: "initial_state", operand: first, expected: states, found: given.len() });
    }
    let state = output.with_shape(state);
    for (operand, found) in (first..).zip(given) {
        if *found != state {
            let (expected, found) = (state.clone(), found.clone());
            return Err(Problem::InputType { operand, input: "initial_state".to_owned(), expected, found });
        }
    }
    masked::check(inputs, manner, STEPS_MASK, Shape(inputs[0].shape.0.iter().take(1).cloned().collect()))?;
    let returned = if return_state { states } else { 0 };
    Ok(std::iter::once(output).chain(std::iter::repeat_n(state, returned)).collect())
}

/// The shapes of the states that a layer keeps, if it does: those that it gives where it returns them.
pub(super) fn kept_states(keeps: bool, returning: impl Into<AnyLayer>, inputs: &[TensorType]) -> Vec<Shape> {
    if !keeps {
        return Vec::new();
    }
    let first = inputs.get(..1).unwrap_or_default();
    let built = returning.into().build(first, Manner::default());
    built.map_or_else(|_| Vec::new(), |(outputs, _)| outputs.into_iter().skip(1).map(|state| state.shape).collect())
}

/// The kernels of so many gates.
pub(super) fn kernels(inputs: &[TensorType], units: &Dim, gates: usize, cares: [Care; 2]) -> Vec<WeightSpec> {
    let columns = units.saturating_mul(&Dim::from(gates));
    let kernels = [("kernel", [last_size(inputs), columns.clone()]), ("recurrent_kernel", [units.clone(), columns])];
    kernels.into_iter().zip(cares).map(|((name, shape), care)| WeightSpec::cared_for(name, shape, care)).collect()
}

/// What is dropped while training: of each step's input, and of the state before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropping {
    /// The parts that are dropped of the input and of the state.
    pub rates: [f64; 2],
    /// In how many groups the gates are cut that have choices of their own.
    pub groups: usize,
}

impl Dropping {
    /// Of a layer of so many gates, which all see the same while nothing of the state is dropped.
    pub(super) fn new(dropout: Rate, recurrent_dropout: Rate, gates: usize) -> Self {
        Self { rates: [dropout.0, recurrent_dropout.0], groups: if recurrent_dropout.0 > 0.0 { gates } else { 1 } }
    }

    /// Of a convolution of so many gates, each of which has choices of its own.
    pub(super) fn of_convolutions(dropout: Rate, recurrent_dropout: Rate, gates: usize) -> Self {
        Self { rates: [dropout.0, recurrent_dropout.0], groups: gates }
    }

    /// Room for the choices, and for products with what is left: of the elements of a step's input and of a state, and of the two kernels.
    fn space(&self, steps: &Dim, elements: [&Dim; 2], kernels: [&Dim; 2]) -> Space {
        let dropped = self.rates.into_iter().zip(elements).filter(|(rate, _)| *rate > 0.0);
        let left = dropped.fold(Dim::constant(0), |sum, (_, elements)| sum.saturating_add(elements));
        if left == Dim::constant(0) {
            return Space::NONE;
        }
        let choices = left.saturating_mul(&Dim::from(self.groups));
        let [_, state] = elements;
        let (given, kernels) = match self.groups {
            1 => (left, Dim::constant(0)),
            _ => (left.saturating_add(state), kernels[0].saturating_add(kernels[1])),
        };
        Space { per_sample: choices.saturating_add(&steps.saturating_mul(&given)), fixed: kernels }
    }
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
    pub fn needs(&self, inputs: &[Shape], of: &Size, dropping: Dropping) -> Needs {
        let (steps, features, units) = (&inputs[0].0[0], &inputs[0].0[1], &of.0);
        let kernels = [features, units].map(|rows| rows.saturating_mul(units));
        self.needs_of(steps, [features, units], kernels.each_ref(), dropping)
    }

    /// The memory of a layer of such cells, by its steps, the elements of one step and of a state, and what a gate takes of the kernels.
    #[allow(clippy::arithmetic_side_effects)] // of a few gates
    pub fn needs_of(&self, steps: &Dim, elements: [&Dim; 2], kernels: [&Dim; 2], dropping: Dropping) -> Needs {
        let (gates, [_, state]) = (self.gates, elements);
        let gradients = if self.has_two_gradients { 2 } else { 1 };
        // So many states for every step, and so many whatever the steps.
        let states = |every_step: usize, once: usize| {
            let each = steps.saturating_mul(&Dim::from(every_step)).saturating_add(&Dim::from(once));
            Space::per_sample(each.saturating_mul(state))
        };
        let dropping = dropping.space(steps, elements, kernels);
        Needs {
            inputs: true,
            // What the cell leaves, and the state before, of each step.
            saved: states(self.saved + 1, 0),
            // The input's part in the gates of all steps; of one step both parts, one of them twice, state and carry, and both before.
            forward_scratch: states(gates, 3 * gates + 4).and(&dropping),
            // The gates' gradients of all steps; of one step both parts, one of them twice, the gradients of state and carry, and both
            // behind it, the state.
            backward_scratch: states(gates * gradients, 3 * gates + 5).and(&dropping),
            ..Needs::default()
        }
    }
}

/// The parts of a recurrent layer in Keras: its cell has all weights.
pub(super) fn parts() -> Vec<Part<'static>> {
    vec![Part::new("", "cell")]
}
