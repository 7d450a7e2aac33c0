//! The long short-term memory that convolves sequences.

use crate::layers::conv_recurrence::conv_lstm;

conv_lstm! {
    /// A long short-term memory of sequences: its products are convolutions.
    ///
    /// ```text
    /// i, f, c, o = input[step] * kernel + state * recurrent_kernel + bias, cut into four
    /// carry = recurrent_activation(f) * carry + recurrent_activation(i) * activation(c)
    /// state = recurrent_activation(o) * activation(carry)
    /// ```
    ///
    /// The input's window moves as in a convolution, the state's by 1, with padding. State and carry start as zeros, or as what the call gives:
    /// `ConvLSTM1D(8, 3)(x, initial_state = [state, carry])`. A step that a mask tells not to look at, `mask = m` with `m` of type
    /// `bool[steps]`, leaves the state as it is, and gives it again, or zeros with `zero_output_for_mask`.
    ///
    /// # Shapes
    ///
    /// Input `[steps, length, channels]`, output `[length', filters]`, or `[steps, ..]` of that with `return_sequences`. With
    /// `return_state`, state and carry after the last step are outputs, too. Weights: `kernel` `[kernel length, channels, 4 * filters]`,
    /// `recurrent_kernel` `[kernel length, filters, 4 * filters]`, `bias` `[4 * filters]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [5, 8, 3]) -> [6, 4] {
    ///         ConvLSTM1D(4, 3)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 8, 3)))?;
    /// assert_eq!(output.shape(), [1, 6, 4]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/recurrent_layers/conv_lstm1d/>; Shi et al. 2015, <https://arxiv.org/abs/1506.04214>.
    ConvLSTM1D, 1
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_has_the_last_state_or_all() {
        check_rule(
            r#"ConvLSTM1D {"filters": 4, "kernel_size": 3}"#,
            &["[5, 8, 3]", "[t, n, 3]", "[5, 8]", "[5, 2, 3]", "[5, 8, n]", "i32[5, 8, 3]"],
            "[5, 8, 3] -> [6, 4], 352 parameters
[t, n, 3] -> [n - 2, 4], 352 parameters
[5, 8] -> Rank
[5, 2, 3] -> Window
[5, 8, n] -> Unknown
i32[5, 8, 3] -> DType",
        );
        check_rule(
            r#"ConvLSTM1D {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same", "return_sequences": true, "use_bias": false}"#,
            &["[5, 8, 3]"],
            "[5, 8, 3] -> [5, 4, 4], 336 parameters",
        );
        check_rule(
            r#"ConvLSTM1D {"filters": 4, "kernel_size": 3, "strides": 2, "dilation_rate": 2}"#,
            &["[5, 8, 3]"],
            "[5, 8, 3] -> Exclusive",
        );
    }
}
