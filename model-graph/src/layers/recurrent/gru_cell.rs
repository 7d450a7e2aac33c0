//! The cell of the gated recurrent unit.

use crate::argument::{Absent, Activation, Constraint, GateActivation, Initializer, Rate, Regularizer, Size, Stateless, Wrapped};
use crate::layer::{Layer, Manner, Needs, Slot, Through, WeightSpec, layer};
use crate::layers::cell;
use crate::layers::{AnyLayer, GRU};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// The cell of the gated recurrent unit, for [`RNN`](crate::layers::RNN), which goes through a sequence by it, alone or among others: `RNN(GRUCell(8))(x)` is
    /// `GRU(8)(x)`.
    ///
    /// Its formula is that of [`GRU`]. It is also called by itself, for one step from the states that the call
    /// gives: `let (y, h) = GRUCell(8)(x, states = h);`.
    ///
    /// # Shapes
    ///
    /// Input `[features]` and state `[units]`, outputs `[units]` each: the output, and the state behind the step. Weights: `kernel`
    /// `[features, 3 * units]`, `recurrent_kernel` `[units, 3 * units]`, `bias` `[2, 3 * units]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [5, 3]) -> [8] {
    ///         RNN(GRUCell(8))(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/recurrent_layers/gru_cell/>.
    GRUCell {
        /// The size of the state and of the output.
        units: Size,
        /// The function applied to the new state. Default: `"tanh"`.
        activation: GateActivation = GateActivation(Activation::Tanh),
        /// The function applied to the gates. Default: `"sigmoid"`.
        recurrent_activation: GateActivation = GateActivation(Activation::Sigmoid),
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
        /// What the input's kernel is made to be after every step. Default: `None`.
        kernel_constraint: Option<Constraint> = None,
        /// What the state's kernel is made to be after every step. Default: `None`.
        recurrent_constraint: Option<Constraint> = None,
        /// What the bias is made to be after every step. Default: `None`.
        bias_constraint: Option<Constraint> = None,
        /// The part of the input's elements that is dropped, the same at all steps, from 0 to less than 1. Default: `0.0`.
        dropout: Rate = Rate(0.0),
        /// The part of the state's elements that is dropped, the same at all steps, from 0 to less than 1. Default: `0.0`.
        recurrent_dropout: Rate = Rate(0.0),
        /// Whether the reset gate comes after the product with the kernel. Default: `true`.
        reset_after: bool = true,
        /// A number that sets apart what this layer drops; the model's seed decides it too. Default: `None`.
        seed: Option<u64> = None,
    }
}

impl GRUCell {
    /// The layer that goes through a sequence by this cell.
    fn layer(&self, through: Through) -> AnyLayer {
        let Through { return_sequences, return_state, go_backwards, zero_output_for_mask } = through;
        let layer = GRU {
            units: self.units.clone(),
            activation: self.activation,
            recurrent_activation: self.recurrent_activation,
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
            reset_after: self.reset_after,
            seed: self.seed,
            activity_regularizer: Absent,
            return_sequences,
            return_state,
            go_backwards,
            stateful: Stateless,
            unroll: false,
            zero_output_for_mask,
        };
        layer.into()
    }

    /// The layer of which a call is one step.
    #[must_use]
    pub fn one_step(&self) -> AnyLayer {
        self.layer(cell::ONE_STEP)
    }
}

impl Layer for GRUCell {
    const SLOTS: &'static [Slot] = cell::SLOTS;

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        cell::step(self.one_step(), &inputs[0], &[]).map(|step| step.output())
    }

    fn outputs(&self, inputs: &[TensorType], manner: Manner) -> Result<Vec<TensorType>, Problem> {
        cell::outputs(self.one_step(), self.states(), inputs, manner)
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        cell::weights(self.one_step(), inputs)
    }

    fn states(&self) -> usize {
        1
    }

    fn over(&self, through: Through) -> Vec<Wrapped> {
        cell::alone(self.layer(through))
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        cell::needs(self.one_step(), inputs)
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_needs_states_where_it_is_called_by_itself() {
        check_rule(r#"GRUCell {"units": 8}"#, &["[3]"], "[3] -> Slot");
        check_rule(
            r#"RNN {"cell": {"class_name": "GRUCell", "config": {"units": 8}}}"#,
            &["[5, 3]", "[3]"],
            "[5, 3] -> [8], 312 parameters\n[3] -> Rank",
        );
    }
}
