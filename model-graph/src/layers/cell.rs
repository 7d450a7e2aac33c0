//! What cells share: the recurrent layer that goes through a sequence by them, of which a call of the cell is one step.

use super::chain::{Given, Link};
use crate::argument::Wrapped;
use crate::dim::Dim;
use crate::layer::{Manner, Needs, Slot, Through, WeightSpec};
use crate::layers::AnyLayer;
use crate::layers::activated::require_axes;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

/// What a call of a cell names.
pub(super) const SLOTS: &[Slot] = &[Slot { name: "states", expected: "the state before the step" }];

/// Which of the slots it is.
const STATES: usize = 0;

/// The way of a single step.
pub(super) const ONE_STEP: Through =
    Through { return_sequences: false, return_state: true, go_backwards: false, zero_output_for_mask: false };

const AXES: &[&str] = &["features"];

/// One step of the layer that a cell makes.
pub(super) fn step(layer: AnyLayer, input: &TensorType, states: &[TensorType]) -> Result<Link, Problem> {
    let features = require_axes(input, AXES)?[0].clone();
    let sequence = input.with_shape(Shape(vec![Dim::constant(1), features]));
    let known = Given { states, ..Given::default() };
    let link = Link::new(&Wrapped::new(layer, None, true), &sequence, known);
    // The layer counts the axis of its steps.
    link.map_err(|problem| match problem {
        Problem::Unknown { operand, axis, .. } => {
            Problem::Unknown { operand, axis: axis.saturating_sub(1), shape: input.shape.clone() }
        }
        other => other,
    })
}

/// The output, and the states behind the step.
pub(super) fn outputs(layer: AnyLayer, states: usize, inputs: &[TensorType], manner: Manner) -> Result<Vec<TensorType>, Problem> {
    let given = manner.slot(STATES, inputs);
    if given.len() != states {
        let operand = manner.start(STATES, inputs.len());
        return Err(Problem::Slot { slot: "states", operand, expected: states, found: given.len() });
    }
    let link = step(layer, &inputs[0], given).map_err(|problem| match problem {
        Problem::InputType { operand, expected, found, .. } => {
            Problem::InputType { operand, input: "states".to_owned(), expected, found }
        }
        other => other,
    })?;
    Ok(link.outputs)
}

/// The weights, under the cell's own names.
pub(super) fn weights(layer: AnyLayer, inputs: &[TensorType]) -> Vec<WeightSpec> {
    step(layer, &inputs[0], &[]).map_or_else(|_| Vec::new(), |link| link.weights)
}

/// What one step works with.
pub(super) fn needs(layer: AnyLayer, inputs: &[Shape]) -> Needs {
    step(layer, &TensorType::f32(inputs[0].clone()), &[]).map_or_else(|_| Needs::default(), |link| link.needs)
}

/// The layers that go through a sequence by cells one behind the other: the first from the end that is asked for, and all but the last with
/// the outputs of all steps.
pub(super) fn over(cells: &[Wrapped], through: Through) -> Vec<Wrapped> {
    let last = cells.len().saturating_sub(1);
    let of = |(place, cell): (usize, &Wrapped)| {
        let return_sequences = through.return_sequences || place < last;
        let go_backwards = through.go_backwards && place == 0;
        let layers = cell.layer.over(Through { return_sequences, go_backwards, ..through });
        let within = |layer: Wrapped| {
            let name = match [&cell.name, &layer.name].map(String::as_str) {
                [name, ""] | ["", name] => name.to_owned(),
                [outer, name] => format!("{outer}/{name}"),
            };
            Wrapped { name, trainable: layer.trainable && cell.trainable, ..layer }
        };
        layers.into_iter().map(within).collect::<Vec<_>>()
    };
    cells.iter().enumerate().flat_map(of).collect()
}

/// The layer that a cell makes, which has no path of its own.
pub(super) fn alone(layer: impl Into<AnyLayer>) -> Vec<Wrapped> {
    vec![Wrapped { layer: Box::new(layer.into()), name: String::new(), trainable: true }]
}
