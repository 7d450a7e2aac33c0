//! The cell of the simple recurrent layer.

use crate::argument::{Activation, GateActivation, Size};
use crate::layer::layer;
use crate::layers::cell::cell;

layer! {
    /// The cell of the simple recurrent layer, for [`RNN`](crate::layers::RNN), which goes through a sequence by it, alone or among others: `RNN(SimpleRNNCell(8))(x)` is
    /// `SimpleRNN(8)(x)`.
    ///
    /// Its formula is that of [`SimpleRNN`](crate::layers::SimpleRNN). It is also called by itself, for one step from the states that the call
    /// gives: `let (y, h) = SimpleRNNCell(8)(x, states = h);`.
    ///
    /// # Shapes
    ///
    /// Input `[features]` and state `[units]`, outputs `[units]` each: the output, and the state behind the step. Weights: `kernel`
    /// `[features, units]`, `recurrent_kernel` `[units, units]`, `bias` `[units]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [5, 3]) -> [8] {
    ///         RNN(SimpleRNNCell(8))(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/recurrent_layers/simple_rnn_cell/>.
    SimpleRNNCell {
        /// The size of the state and of the output.
        units: Size,
        /// The function applied to the new state. Default: `"tanh"`.
        activation: GateActivation = GateActivation(Activation::Tanh),
        ..recurrent_initializers,
        ..recurrent_regularizers,
        ..recurrent_constraints,
        ..recurrent_dropouts,
        ..seed,
    }
}

cell!(SimpleRNNCell runs SimpleRNN of 1, with);

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_needs_states_where_it_is_called_by_itself() {
        check_rule(r#"SimpleRNNCell {"units": 8}"#, &["[3]"], "[3] -> Slot");
        check_rule(
            r#"RNN {"cell": {"class_name": "SimpleRNNCell", "config": {"units": 8}}}"#,
            &["[5, 3]", "[3]"],
            "[5, 3] -> [8], 96 parameters\n[3] -> Rank",
        );
    }
}
