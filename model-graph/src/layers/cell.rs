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
    // A cell of the user's own takes steps of any rank.
    let features = if layer.own().is_empty() { require_axes(input, AXES)? } else { input.shape.0.as_slice() };
    let sequence = input.with_shape(Shape(std::iter::once(&Dim::constant(1)).chain(features).cloned().collect()));
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

/// Declares how a cell runs: by the recurrent layer of its formula, which has so many states, and takes the cell's arguments; those that not
/// all cells have are named.
macro_rules! cell {
    ($cell:ident runs $layer:ident of $states:literal, with $($own:ident),*) => {
        impl $cell {
            /// The layer that goes through a sequence by this cell.
            fn layer(&self, through: $crate::layer::Through) -> $crate::layers::AnyLayer {
                let $crate::layer::Through { return_sequences, return_state, go_backwards, zero_output_for_mask } = through;
                let layer = $crate::layers::$layer {
                    units: self.units.clone(),
                    activation: self.activation,
                    use_bias: self.use_bias,
                    kernel_initializer: self.kernel_initializer,
                    recurrent_initializer: self.recurrent_initializer,
                    bias_initializer: self.bias_initializer,
                    kernel_regularizer: self.kernel_regularizer,
                    recurrent_regularizer: self.recurrent_regularizer,
                    bias_regularizer: self.bias_regularizer,
                    kernel_constraint: self.kernel_constraint,
                    recurrent_constraint: self.recurrent_constraint,
                    bias_constraint: self.bias_constraint,
                    dropout: self.dropout,
                    recurrent_dropout: self.recurrent_dropout,
                    seed: self.seed,
                    $($own: self.$own,)*
                    activity_regularizer: None,
                    return_sequences,
                    return_state,
                    go_backwards,
                    stateful: false,
                    unroll: false,
                    zero_output_for_mask,
                };
                layer.into()
            }

            /// The layer of which a call is one step.
            #[must_use]
            pub fn one_step(&self) -> $crate::layers::AnyLayer {
                self.layer($crate::layers::cell::ONE_STEP)
            }
        }

        impl $crate::layer::Layer for $cell {
            const SLOTS: &'static [$crate::layer::Slot] = $crate::layers::cell::SLOTS;

            fn infer(
                &self,
                inputs: &[$crate::shape::TensorType],
            ) -> Result<$crate::shape::TensorType, $crate::problem::Problem> {
                $crate::layers::cell::step(self.one_step(), &inputs[0], &[]).map(|step| step.output())
            }

            fn outputs(
                &self,
                inputs: &[$crate::shape::TensorType],
                manner: $crate::layer::Manner,
            ) -> Result<Vec<$crate::shape::TensorType>, $crate::problem::Problem> {
                $crate::layers::cell::outputs(self.one_step(), self.states(), inputs, manner)
            }

            fn weights(&self, inputs: &[$crate::shape::TensorType]) -> Vec<$crate::layer::WeightSpec> {
                $crate::layers::cell::weights(self.one_step(), inputs)
            }

            fn states(&self) -> usize {
                $states
            }

            fn over(&self, through: $crate::layer::Through) -> Vec<$crate::argument::Wrapped> {
                $crate::layers::cell::alone(self.layer(through))
            }

            fn needs(&self, inputs: &[$crate::shape::Shape], _output: &$crate::shape::Shape) -> $crate::layer::Needs {
                $crate::layers::cell::needs(self.one_step(), inputs)
            }
        }
    };
}
pub(super) use cell;
