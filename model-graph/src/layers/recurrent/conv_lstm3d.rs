//! The long short-term memory that convolves volumes.

use crate::layers::conv_recurrence::conv_lstm;

conv_lstm! {
    /// A long short-term memory of volumes: its products are convolutions.
    ///
    /// ```text
    /// i, f, c, o = input[step] * kernel + state * recurrent_kernel + bias, cut into four
    /// carry = recurrent_activation(f) * carry + recurrent_activation(i) * activation(c)
    /// state = recurrent_activation(o) * activation(carry)
    /// ```
    ///
    /// The input's window moves as in a convolution, the state's by 1, with padding. State and carry start as zeros, or as what the call gives:
    /// `ConvLSTM3D(8, 3)(x, initial_state = [state, carry])`. A step that a mask tells not to look at, `mask = m` with `m` of type
    /// `bool[steps]`, leaves the state as it is, and gives it again, or zeros with `zero_output_for_mask`.
    ///
    /// # Shapes
    ///
    /// Input `[steps, depth, height, width, channels]`, output `[depth', height', width', filters]`, or `[steps, ..]` of that with `return_sequences`. With
    /// `return_state`, state and carry after the last step are outputs, too. Weights: `kernel` `[kernel depth, kernel height, kernel width, channels, 4 * filters]`,
    /// `recurrent_kernel` `[kernel depth, kernel height, kernel width, filters, 4 * filters]`, `bias` `[4 * filters]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [5, 4, 5, 6, 2]) -> [2, 3, 4, 4] {
    ///         ConvLSTM3D(4, 3)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 4, 5, 6, 2)))?;
    /// assert_eq!(output.shape(), [1, 2, 3, 4, 4]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/recurrent_layers/conv_lstm3d/>; Shi et al. 2015, <https://arxiv.org/abs/1506.04214>.
    ConvLSTM3D, 3
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_has_the_last_state_or_all() {
        check_rule(
            r#"ConvLSTM3D {"filters": 4, "kernel_size": 3}"#,
            &["[5, 4, 5, 6, 2]", "[5, 4, 5, 6]", "[5, 4, 5, 2, 2]"],
            "[5, 4, 5, 6, 2] -> [2, 3, 4, 4], 2608 parameters
[5, 4, 5, 6] -> Rank
[5, 4, 5, 2, 2] -> Window",
        );
        check_rule(
            r#"ConvLSTM3D {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same", "return_sequences": true, "use_bias": false}"#,
            &["[5, 4, 5, 6, 2]"],
            "[5, 4, 5, 6, 2] -> [5, 2, 3, 3, 4], 2592 parameters",
        );
        check_rule(
            r#"ConvLSTM3D {"filters": 4, "kernel_size": 3, "strides": 2, "dilation_rate": 2}"#,
            &["[5, 4, 5, 6, 2]"],
            "[5, 4, 5, 6, 2] -> Exclusive",
        );
    }
}
