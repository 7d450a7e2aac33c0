//! The gated recurrent unit.

use crate::argument::Size;
use crate::layer::{Layer, Manner, Needs, Part, Slot, Space, Through, WeightSpec, layer};
use crate::layers::AnyLayer;
use crate::layers::arguments::{activity, care};
use crate::layers::recurrence::{self, Cell, Dropping};
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// A recurrent layer whose gates say what of the state is kept.
    ///
    /// ```text
    /// z, r, h = input[step] · kernel + bias[0], cut into three
    /// z', r', h' = state · recurrent_kernel + bias[1], cut into three
    /// update, reset = recurrent_activation(z + z'), recurrent_activation(r + r')
    /// state = update * state + (1 - update) * activation(h + reset * h')
    /// ```
    ///
    /// The state starts as zeros, or as what the call gives: `GRU(8)(x, initial_state = state)`. With `reset_after = false` the gate resets the
    /// state before its product with the kernel, `(reset * state) · ..` in place of `reset * h'`, and the bias is added to the input's part
    /// alone.
    ///
    /// A step that a mask tells not to look at, `GRU(8)(x, mask = m)` with `m` of type `bool[steps]`, leaves the state as it is, and gives it
    /// again, or zeros with `zero_output_for_mask`.
    ///
    /// # Shapes
    ///
    /// Input `[steps, features]`, output `[units]`, or `[steps, units]` with `return_sequences`. With `return_state`, the state after the
    /// last step is an output, too, `[units]`: `let (y, state) = GRU(8, return_state = true)(x);`. Weights: `kernel` `[features, 3 * units]`,
    /// `recurrent_kernel` `[units, 3 * units]`, `bias` `[2, 3 * units]`, or `[3 * units]` with `reset_after = false`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [5, 3]) -> [5, 8] {
    ///         GRU(8, return_sequences = true)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 5, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/recurrent_layers/gru/>; Cho et al. 2014, <https://arxiv.org/abs/1406.1078>.
    GRU {
        /// The size of the state and of the output.
        units: Size,
        ..recurrent_activations,
        ..recurrent_initializers,
        ..recurrent_regularizers,
        ..activity_regularizer,
        ..recurrent_constraints,
        ..recurrent_dropouts,
        ..seed,
        ..sequence,
        /// Whether the reset gate comes after the product with the kernel. Default: `true`.
        reset_after: bool = true,
        ..zero_output_for_mask,
    }
}

/// What a step works with.
const CELL: Cell = Cell { gates: 3, saved: 4, has_two_gradients: true };

impl GRU {
    /// What is dropped while training.
    #[must_use]
    pub fn dropping(&self) -> Dropping {
        Dropping::new(self.dropout, self.recurrent_dropout, CELL.gates)
    }
}

impl Layer for GRU {
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
            let columns = units.saturating_mul(&3.into());
            let shape = if self.reset_after { vec![2.into(), columns] } else { vec![columns] };
            let care = care!(self.bias);
            weights.push(WeightSpec::cared_for("bias", Shape(shape), care));
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
        let needs = CELL.needs(inputs, &self.units, self.dropping());
        if self.reset_after {
            return needs;
        }
        // The recurrent kernel's columns of the gates apart from those of the candidate; then their gradients, too.
        let kernel = self.units.0.saturating_mul(&self.units.0).saturating_mul(&3.into());
        Needs {
            forward_scratch: needs.forward_scratch.and(&Space::fixed(kernel.clone())),
            backward_scratch: needs.backward_scratch.and(&Space::fixed(kernel.saturating_mul(&2.into()))),
            ..needs
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_has_the_last_state_or_all() {
        check_rule(
            r#"GRU {"units": 8}"#,
            &["[5, 3]", "[words, 3]", "[3]", "[5, words]", "i32[5, 3]"],
            "[5, 3] -> [8], 312 parameters
[words, 3] -> [8], 312 parameters
[3] -> Rank
[5, words] -> Unknown
i32[5, 3] -> DType",
        );
        check_rule(
            r#"GRU {"units": 8, "return_sequences": true, "use_bias": false}"#,
            &["[5, 3]", "[words, 3]"],
            "[5, 3] -> [5, 8], 264 parameters
[words, 3] -> [words, 8], 264 parameters",
        );
        check_rule(r#"GRU {"units": 8, "reset_after": false}"#, &["[5, 3]"], "[5, 3] -> [8], 288 parameters");
    }
}
