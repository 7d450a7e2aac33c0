//! The cell of the gated recurrent unit.

use crate::argument::Size;
use crate::layer::layer;
use crate::layers::cell::cell;

layer! {
    /// The cell of the gated recurrent unit, for [`RNN`](crate::layers::RNN), which goes through a sequence by it, alone or among others: `RNN(GRUCell(8))(x)` is
    /// `GRU(8)(x)`.
    ///
    /// Its formula is that of [`GRU`](crate::layers::GRU). It is also called by itself, for one step from the states that the call
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
        ..recurrent_activations,
        ..recurrent_initializers,
        ..recurrent_regularizers,
        ..recurrent_constraints,
        ..recurrent_dropouts,
        /// Whether the reset gate comes after the product with the kernel. Default: `true`.
        reset_after: bool = true,
        ..seed,
    }
}

cell!(GRUCell runs GRU of 1, with recurrent_activation, reset_after);

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
