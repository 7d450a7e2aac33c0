//! The cell of the long short-term memory.

use crate::argument::{Activation, Constraint, GateActivation, Initializer, Rate, Regularizer, Size};
use crate::layer::layer;
use crate::layers::cell::cell;

layer! {
    /// The cell of the long short-term memory, for [`RNN`](crate::layers::RNN), which goes through a sequence by it, alone or among others: `RNN(LSTMCell(8))(x)` is
    /// `LSTM(8)(x)`.
    ///
    /// Its formula is that of [`LSTM`](crate::layers::LSTM). It is also called by itself, for one step from the states that the call
    /// gives: `let (y, h, c) = LSTMCell(8)(x, states = [h, c]);`.
    ///
    /// # Shapes
    ///
    /// Input `[features]` and states `[units]`, outputs `[units]` each: the output, and the states behind the step. Weights: `kernel`
    /// `[features, 4 * units]`, `recurrent_kernel` `[units, 4 * units]`, `bias` `[4 * units]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [5, 3]) -> [8] {
    ///         RNN(LSTMCell(8))(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/recurrent_layers/lstm_cell/>.
    LSTMCell {
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
        /// Whether the bias of the forget gate starts at 1. Default: `true`.
        unit_forget_bias: bool = true,
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
        /// A number that sets apart what this layer drops; the model's seed decides it too. Default: `None`.
        seed: Option<u64> = None,
    }
}

cell!(LSTMCell runs LSTM of 2, with recurrent_activation, unit_forget_bias);

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_needs_states_where_it_is_called_by_itself() {
        check_rule(r#"LSTMCell {"units": 8}"#, &["[3]"], "[3] -> Slot");
        check_rule(
            r#"RNN {"cell": {"class_name": "LSTMCell", "config": {"units": 8}}}"#,
            &["[5, 3]", "[3]"],
            "[5, 3] -> [8], 384 parameters\n[3] -> Rank",
        );
    }
}
