//! The simple recurrent layer.

use crate::argument::{Absent, Activation, Constraint, GateActivation, Initializer, Rate, Regularizer, Size, Stateless};
use crate::layer::{Layer, Manner, Needs, Slot, Through, WeightSpec, layer};
use crate::layers::AnyLayer;
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
        /// Whether a bias is added. Default: `true`.
        use_bias: bool = true,
        /// How the input's kernel starts. Default: `"glorot_uniform"`.
        kernel_initializer: Initializer = Initializer::GLOROT_UNIFORM,
        /// How the state's kernel starts. Default: `"orthogonal"`.
        recurrent_initializer: Initializer = Initializer::ORTHOGONAL,
        /// How the bias starts. Default: `"zeros"`.
        bias_initializer: Initializer = Initializer::ZEROS,
        /// A penalty on the input's kernel, which the loss includes. Default: `None`.
        kernel_regularizer: Option<Regularizer> = None,
        /// A penalty on the state's kernel, which the loss includes. Default: `None`.
        recurrent_regularizer: Option<Regularizer> = None,
        /// A penalty on the bias, which the loss includes. Default: `None`.
        bias_regularizer: Option<Regularizer> = None,
        /// Not supported.
        activity_regularizer: Absent = Absent,
        /// What the input's kernel is made to be after every step. Default: `None`.
        kernel_constraint: Option<Constraint> = None,
        /// What the state's kernel is made to be after every step. Default: `None`.
        recurrent_constraint: Option<Constraint> = None,
        /// What the bias is made to be after every step. Default: `None`.
        bias_constraint: Option<Constraint> = None,
        /// The part of each step's input that is dropped while training, from 0 to less than 1; the same in all steps. Default: `0.0`.
        dropout: Rate = Rate(0.0),
        /// The part of the state that is dropped before its product with the kernel while training, likewise. Default: `0.0`.
        recurrent_dropout: Rate = Rate(0.0),
        /// Whether the output is the state after every step, not only after the last. Default: `false`.
        return_sequences: bool = false,
        /// Whether the state after the last step is given as well, behind the output. Default: `false`.
        return_state: bool = false,
        /// Whether the sequence is gone through from its end. Outputs are in the order in which they are computed. Default: `false`.
        go_backwards: bool = false,
        /// Not supported: `return_state` gives the state, and `initial_state` takes it. Default: `false`.
        stateful: Stateless = Stateless,
        /// Without effect: how Keras compiles the steps. Default: `false`.
        unroll: bool = false,
        /// A number that sets apart what this layer drops; the model's seed decides it too. Default: `None`.
        seed: Option<u64> = None,
        /// Whether a step that is not looked at gives zeros. Default: `false`.
        zero_output_for_mask: bool = false,
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

    fn mask_use(&self) -> MaskUse {
        recurrence::mask_use(self.return_sequences)
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        recurrence::infer(&self.units, self.return_sequences, inputs)
    }

    fn outputs(&self, inputs: &[TensorType], manner: Manner) -> Result<Vec<TensorType>, Problem> {
        recurrence::outputs(self.infer(inputs)?, Shape(vec![self.units.0.clone()]), 1, self.return_state, (inputs, manner))
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let units = &self.units.0;
        let kernel = (self.kernel_initializer, self.kernel_regularizer, self.kernel_constraint);
        let recurrent_kernel = (self.recurrent_initializer, self.recurrent_regularizer, self.recurrent_constraint);
        let mut weights = recurrence::kernels(inputs, units, CELL.gates, [kernel, recurrent_kernel]);
        if self.use_bias {
            weights.push(
                WeightSpec::trainable("bias", [units.clone()], self.bias_initializer)
                    .kept(self.bias_regularizer, self.bias_constraint),
            );
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
