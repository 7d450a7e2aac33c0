//! The cell of the long short-term memory.

use crate::argument::Size;
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
        ..recurrent_activations,
        ..recurrent_initializers,
        ..unit_forget_bias,
        ..recurrent_regularizers,
        ..recurrent_constraints,
        ..recurrent_dropouts,
        ..seed,
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
