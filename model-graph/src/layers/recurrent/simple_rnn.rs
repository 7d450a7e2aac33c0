//! The simple recurrent layer.

use crate::argument::{Activation, GateActivation, Size};
use crate::layer::{Layer, Manner, Needs, Part, Slot, Through, WeightSpec, layer};
use crate::layers::AnyLayer;
use crate::layers::arguments::{activity, care};
use crate::layers::recurrence::{self, Cell, Dropping};
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// A layer that goes through a sequence step by step, with a state.
    ///
    /// `state = activation(input[step] · kernel + state · recurrent_kernel + bias)`, from a state of zeros,
    /// or from what the call gives: `SimpleRNN(8)(x, initial_state = state)`.
    ///
    /// A step that a mask tells not to look at, `SimpleRNN(8)(x, mask = m)` with `m` of type `bool[steps]`, leaves the state as it is, and gives it
    /// again, or zeros with `zero_output_for_mask`.
    ///
    /// # Shapes
    ///
    /// Input `[steps, features]`, output `[units]`, or `[steps, units]` with `return_sequences`. With `return_state`, the state after the
    /// last step is an output, too, `[units]`: `let (y, state) = SimpleRNN(8, return_state = true)(x);`. Weights: `kernel` `[features, units]`,
    /// `recurrent_kernel` `[units, units]`, `bias` `[units]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [5, 3]) -> [5, 8] {
    ///         SimpleRNN(8, return_sequences = true)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 5, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/recurrent_layers/simple_rnn/>; Elman 1990, <https://doi.org/10.1207/s15516709cog1402_1>.
    SimpleRNN {
        /// The size of the state and of the output.
        units: Size,
        /// The function applied to the new state. Default: `"tanh"`.
        activation: GateActivation = GateActivation(Activation::Tanh),
        ..recurrent_initializers,
        ..recurrent_regularizers,
        ..activity_regularizer,
        ..recurrent_constraints,
        ..recurrent_dropouts,
        ..sequence,
        ..seed,
        ..zero_output_for_mask,
    }
}

/// What a step works with.
const CELL: Cell = Cell { gates: 1, saved: 1, has_two_gradients: false };

impl SimpleRNN {
    /// What is dropped while training.
    #[must_use]
    pub fn dropping(&self) -> Dropping {
        Dropping::new(self.dropout, self.recurrent_dropout, CELL.gates)
    }
}

impl Layer for SimpleRNN {
    const SLOTS: &'static [Slot] = recurrence::SLOTS;

    activity!();

    fn mask_use(&self) -> MaskUse {
        recurrence::mask_use(self.return_sequences)
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        recurrence::infer(&self.units, self.return_sequences, inputs)
    }

    fn outputs(&self, inputs: &[TensorType], manner: Manner) -> Result<Vec<TensorType>, Problem> {
        recurrence::outputs(self.infer(inputs)?, Shape(vec![self.units.0.clone()]), 1, self.return_state, (inputs, manner))
    }

    fn keras_parts(&self) -> Vec<Part<'_>> {
        recurrence::parts()
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let units = &self.units.0;
        let kernel = care!(self.kernel);
        let recurrent_kernel = care!(self.recurrent_kernel);
        let mut weights = recurrence::kernels(inputs, units, CELL.gates, [kernel, recurrent_kernel]);
        if self.use_bias {
            weights.push(WeightSpec::cared_for("bias", [units.clone()], care!(self.bias)));
        }
        weights
    }

    fn through(&self) -> Option<Through> {
        let Self { return_sequences, return_state, go_backwards, zero_output_for_mask, .. } = *self;
        Some(Through { return_sequences, return_state, go_backwards, zero_output_for_mask })
    }

    fn states(&self) -> usize {
        1
    }

    fn keeps_states(&self) -> bool {
        self.stateful
    }

    fn kept_states(&self, inputs: &[TensorType]) -> Vec<Shape> {
        recurrence::kept_states(self.stateful, Self { stateful: false, return_state: true, ..self.clone() }, inputs)
    }

    fn along(&self, through: Through) -> Option<AnyLayer> {
        let Through { return_sequences, return_state, go_backwards, zero_output_for_mask } = through;
        Some(Self { return_sequences, return_state, go_backwards, zero_output_for_mask, ..self.clone() }.into())
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        CELL.needs(inputs, &self.units, self.dropping())
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_has_the_last_state_or_all() {
        check_rule(
            r#"SimpleRNN {"units": 8}"#,
            &["[5, 3]", "[words, 3]", "[3]", "[5, words]", "i32[5, 3]"],
            "[5, 3] -> [8], 96 parameters
[words, 3] -> [8], 96 parameters
[3] -> Rank
[5, words] -> Unknown
i32[5, 3] -> DType",
        );
        check_rule(
            r#"SimpleRNN {"units": 8, "return_sequences": true, "use_bias": false}"#,
            &["[5, 3]", "[words, 3]"],
            "[5, 3] -> [5, 8], 88 parameters
[words, 3] -> [words, 8], 88 parameters",
        );
    }
}
