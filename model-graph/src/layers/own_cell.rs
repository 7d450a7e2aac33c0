//! Cells of the user's own: what an `RNN` of a layer that takes a tensor and states, and gives an output and the states behind the step, is handed,
//! gives and works with.

use crate::argument::{Cell, Wrapped};
use crate::custom::Custom;
use crate::dim::Dim;
use crate::layer::{Manner, Needs, Space, Through, WeightSpec};
use crate::layers::{AnyLayer, INITIAL_STATE, RNN, STEPS_MASK, cell, masked, steps};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

/// A cell of the user's own, as it goes through a sequence.
#[derive(Clone, Debug)]
pub struct OwnCell {
    /// How many steps there are.
    pub steps: Dim,
    /// What a step is handed besides the states.
    pub step: TensorType,
    /// The states.
    pub states: Vec<TensorType>,
    /// What a step gives besides the states.
    pub output: TensorType,
    /// What a step leaves for backward, of each sample.
    pub saved: Dim,
    /// The weights, under the cell's own names.
    weights: Vec<WeightSpec>,
}

impl RNN {
    /// The cell, if it is one of the user's own.
    #[must_use]
    pub fn own_cell(&self) -> Option<&Custom> {
        if let AnyLayer::Custom(cell) = &*self.cell.0.layer { Some(cell) } else { None }
    }
}

/// The layer that goes through a sequence by a cell of the user's own; none of what is no cell.
pub(super) fn over(own: &Custom, through: Through) -> Vec<Wrapped> {
    if own.states() == 0 {
        return Vec::new();
    }
    let Through { return_sequences, return_state, go_backwards, zero_output_for_mask } = through;
    let cell = Cell(Wrapped { layer: Box::new(AnyLayer::Custom(own.clone())), name: String::new(), trainable: true });
    cell::alone(RNN { cell, return_sequences, return_state, go_backwards, stateful: false, unroll: false, zero_output_for_mask })
}

impl OwnCell {
    /// A cell that goes through a sequence of this type.
    ///
    /// # Errors
    /// If a step does not fit the cell, or the cell gives other states than it takes.
    pub fn new(cell: &Custom, sequence: &TensorType) -> Result<Self, Problem> {
        let (steps, step) = steps::split_features(sequence)?;
        let (source, class) = (format!("{}({})", cell.signature.name, cell.source()), cell.signature.name);
        let no_cell = |expected, help| Problem::Wrapped { argument: "cell", expected, found: source.clone(), help };
        let within = |problem| steps::within(source.clone(), class, step.clone(), problem);
        let states = cell.states_for(&step).map_err(within)?.ok_or_else(|| {
            let help = "write the sizes of the states in its rule as arguments, or as the input has them";
            no_cell("a cell whose arguments and input say what its states are", help)
        })?;
        let states: Vec<TensorType> = states.into_iter().map(TensorType::f32).collect();
        let inputs: Vec<TensorType> = std::iter::once(&step).chain(&states).cloned().collect();
        let outputs = cell.outputs(&inputs).map_err(within)?;
        let Some((output, behind)) = outputs.split_first().filter(|(_, behind)| *behind == states) else {
            let help = "give the states of its rule the same shapes on both sides, `[n], [units] -> [units], [units]`";
            return Err(no_cell("a cell that gives states of the shapes that it takes", help));
        };
        debug_assert_eq!(behind.len(), states.len());
        let shapes: Vec<Shape> = inputs.iter().map(|input| input.shape.clone()).collect();
        let saved = cell.needs(&shapes, &output.shape).saved.per_sample;
        let weights = cell.weights(&inputs);
        Ok(Self { steps, output: output.clone(), step: step.clone(), states, saved, weights })
    }

    /// Checks that the sizes of states that are kept are known: they are those of all batches.
    pub(super) fn check_kept(&self, sequence: &TensorType) -> Result<(), Problem> {
        if self.states.iter().flat_map(|state| &state.shape.0).all(Dim::is_constant) {
            return Ok(());
        }
        let unknown = sequence.shape.0.iter().enumerate().skip(1).find(|(_, dim)| !dim.is_constant());
        let axis = unknown.map_or(0, |(axis, _)| axis);
        Err(Problem::Unknown { operand: 0, axis, shape: sequence.shape.clone() })
    }

    /// What an `RNN` of the cell gives.
    pub(super) fn outputs(self, through: Through, (inputs, manner): (&[TensorType], Manner)) -> Result<Vec<TensorType>, Problem> {
        let (given, first) = (manner.slot(INITIAL_STATE, inputs), manner.start(INITIAL_STATE, inputs.len()));
        if !given.is_empty() && given.len() != self.states.len() {
            let (expected, found) = (self.states.len(), given.len());
            return Err(Problem::Slot { slot: "initial_state", operand: first, expected, found });
        }
        for ((operand, found), expected) in (first..).zip(given).zip(&self.states) {
            if found != expected {
                let (expected, found) = (expected.clone(), found.clone());
                return Err(Problem::InputType { operand, input: "initial_state".to_owned(), expected, found });
            }
        }
        masked::check(inputs, manner, STEPS_MASK, Shape(vec![self.steps.clone()]))?;
        let output = if through.return_sequences { steps::joined(self.steps, &self.output) } else { self.output };
        let states = self.states.into_iter().filter(|_| through.return_state);
        Ok(std::iter::once(output).chain(states).collect())
    }

    /// The weights, under the names that the `RNN` has for them.
    pub(super) fn weights(self, cell: &Wrapped) -> Vec<WeightSpec> {
        self.weights.into_iter().map(|weight| weight.of(&cell.name, cell.trainable)).collect()
    }

    /// The elements of all states of a sample.
    fn state_elements(&self) -> Dim {
        self.states.iter().fold(Dim::constant(0), |sum, state| sum.saturating_add(&state.shape.count()))
    }

    /// What an `RNN` of the cell works with.
    pub(super) fn needs(&self) -> Needs {
        let (input, output, states) = (self.step.shape.count(), self.output.shape.count(), self.state_elements());
        let room = |inputs: usize, outputs: usize, sets: usize| {
            let parts = [(&input, inputs), (&output, outputs), (&states, sets)];
            let all = parts.iter().map(|(of, count)| of.saturating_mul(&Dim::from(*count)));
            Space::per_sample(all.fold(Dim::constant(0), |sum, part| sum.saturating_add(&part)))
        };
        // The states before a step, what the cell leaves, and its output.
        let each = states.saturating_add(&self.saved).saturating_add(&output);
        Needs {
            inputs: true,
            saved: Space::per_sample(self.steps.saturating_mul(&each)),
            // A step's input; its output, and the last that counts; the states before and behind.
            forward_scratch: room(1, 2, 2),
            // A step's input and its gradient; the gradients of its output, and of what later steps repeat of it; those of the states behind the
            // step, as they come and as they are handed to it, and before it.
            backward_scratch: room(2, 2, 3),
            ..Needs::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::custom::Signature;

    fn outputs(rule: &str, sequence: &[usize]) -> String {
        let text = json!({
            "name": "Own", "package": "Custom", "arguments": [{ "name": "units", "type": "usize", "doc": "", "default": 3 }], "shape": rule,
            "weights": [], "saved": []
        });
        let cell = Custom::new(Arc::new(Signature::from_json(&text).unwrap()), &serde_json::Map::new()).unwrap();
        let sequence = TensorType::f32(sequence);
        match OwnCell::new(&cell, &sequence) {
            Ok(found) => {
                std::iter::once(&found.output).chain(&found.states).map(ToString::to_string).collect::<Vec<_>>().join(" ")
            }
            Err(Problem::Wrapped { expected, .. }) => expected.to_owned(),
            Err(problem) => format!("{problem:?}").split([' ', '(']).next().unwrap_or_default().to_owned(),
        }
    }

    #[test]
    fn states_follow_from_arguments_and_the_input() {
        assert_eq!(outputs("[n], [units] -> [units], [units]", &[5, 2]), "[3] [3]");
        assert_eq!(outputs("[h, w], [h, units], [w] -> [w], [h, units], [w]", &[5, 2, 4]), "[4] [2, 3] [4]");
        assert_eq!(outputs("[n], [m] -> [m], [m]", &[5, 2]), "a cell whose arguments and input say what its states are");
        assert_eq!(outputs("[n], [units] -> [units], [n]", &[5, 2]), "a cell that gives states of the shapes that it takes");
        assert_eq!(outputs("[n], [units] -> [units], [units]", &[5]), "Rank");
        assert_eq!(outputs("[n], [units] -> [units], [units]", &[5, 2, 2]), "Inside");
    }
}
