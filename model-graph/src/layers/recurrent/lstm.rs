//! The long short-term memory.

use crate::argument::Size;
use crate::layer::{Layer, Manner, Needs, Part, Slot, Through, WeightSpec, layer};
use crate::layers::AnyLayer;
use crate::layers::arguments::{activity, care};
use crate::layers::recurrence::{self, Cell, Dropping};
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// A recurrent layer whose carry keeps what its gates let it.
    ///
    /// ```text
    /// i, f, c, o = input[step] · kernel + state · recurrent_kernel + bias, cut into four
    /// carry = recurrent_activation(f) * carry + recurrent_activation(i) * activation(c)
    /// state = recurrent_activation(o) * activation(carry)
    /// ```
    ///
    /// State and carry start as zeros, or as what the call gives: `LSTM(8)(x, initial_state = [state, carry])`.
    ///
    /// A step that a mask tells not to look at, `LSTM(8)(x, mask = m)` with `m` of type `bool[steps]`, leaves the state as it is, and gives it
    /// again, or zeros with `zero_output_for_mask`.
    ///
    /// # Shapes
    ///
    /// Input `[steps, features]`, output `[units]`, or `[steps, units]` with `return_sequences`. With `return_state`, state and carry after the
    /// last step are outputs, too, `[units]` each: `let (y, state, carry) = LSTM(8, return_state = true)(x);`. Weights: `kernel` `[features, 4 * units]`,
    /// `recurrent_kernel` `[units, 4 * units]`, `bias` `[4 * units]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [5, 3]) -> [5, 8] {
    ///         LSTM(8, return_sequences = true)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 5, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/recurrent_layers/lstm/>; Hochreiter and Schmidhuber 1997,
    /// <https://doi.org/10.1162/neco.1997.9.8.1735>; the forget gate's bias: Jozefowicz et al. 2015.
    LSTM {
        /// The size of the state and of the output.
        units: Size,
        ..recurrent_activations,
        ..recurrent_initializers,
        ..unit_forget_bias,
        ..recurrent_regularizers,
        ..activity_regularizer,
        ..recurrent_constraints,
        ..recurrent_dropouts,
        ..seed,
        ..sequence,
        ..zero_output_for_mask,
    }
}

/// What a step works with.
const CELL: Cell = Cell { gates: 4, saved: 6, has_two_gradients: false };

impl LSTM {
    /// What is dropped while training.
    #[must_use]
    pub fn dropping(&self) -> Dropping {
        Dropping::new(self.dropout, self.recurrent_dropout, CELL.gates)
    }
}

impl Layer for LSTM {
    const SLOTS: &'static [Slot] = recurrence::SLOTS;

    activity!();

    fn mask_use(&self) -> MaskUse {
        recurrence::mask_use(self.return_sequences)
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        recurrence::infer(&self.units, self.return_sequences, inputs)
    }

    fn outputs(&self, inputs: &[TensorType], manner: Manner) -> Result<Vec<TensorType>, Problem> {
        recurrence::outputs(self.infer(inputs)?, Shape(vec![self.units.0.clone()]), 2, self.return_state, (inputs, manner))
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
            let bias = WeightSpec::cared_for("bias", [units.saturating_mul(&4.into())], care!(self.bias));
            let ones = units.clone()..units.saturating_mul(&2.into());
            weights.push(if self.unit_forget_bias { bias.with_ones(ones) } else { bias });
        }
        weights
    }

    fn through(&self) -> Option<Through> {
        let Self { return_sequences, return_state, go_backwards, zero_output_for_mask, .. } = *self;
        Some(Through { return_sequences, return_state, go_backwards, zero_output_for_mask })
    }

    fn states(&self) -> usize {
        2
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
            r#"LSTM {"units": 8}"#,
            &["[5, 3]", "[words, 3]", "[3]", "[5, words]", "i32[5, 3]"],
            "[5, 3] -> [8], 384 parameters
[words, 3] -> [8], 384 parameters
[3] -> Rank
[5, words] -> Unknown
i32[5, 3] -> DType",
        );
        check_rule(
            r#"LSTM {"units": 8, "return_sequences": true, "use_bias": false}"#,
            &["[5, 3]", "[words, 3]"],
            "[5, 3] -> [5, 8], 352 parameters
[words, 3] -> [words, 8], 352 parameters",
        );
    }
}
