//! The transposed one-dimensional convolution.

use crate::layers::convolution::transposed_convolution;

transposed_convolution! {
    /// A transposed convolution along a sequence: what leads back from a convolution's output to its input.
    ///
    /// `output = activation(z + bias)`, where every element of the input adds the kernel, times its channels, to the window of `z` that it
    /// stands for: it is a convolution's derivative by its input.
    ///
    /// # Shapes
    ///
    /// Input `[length, channels]`, output `[length', filters]`. With padding `"same"`, `length' = length * stride`; with
    /// `"valid"`, `length' = (length - 1) * stride + max(kernel, stride)`. An `output_padding` takes the place of what these leave open:
    /// `(length - 1) * stride + kernel % 2 + output_padding` and `(length - 1) * stride + kernel + output_padding`. A kernel with dilation
    /// counts as `(kernel - 1) * dilation + 1`. Weights: `kernel` `[kernel length, filters, channels]`, `bias` `[filters]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [4, 3]) -> [8, 8] {
    ///         Conv1DTranspose(8, 3, strides = 2, padding = "same")(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 3)))?;
    /// assert_eq!(output.shape(), [1, 8, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/convolution_layers/convolution1d_transpose/>; Dumoulin and Visin 2016,
    /// <https://arxiv.org/abs/1603.07285>.
    Conv1DTranspose, 1, output_padding, data_format
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn same_padding_multiplies_by_the_strides() {
        check_rule(
            r#"Conv1DTranspose {"filters": 8, "kernel_size": 3, "strides": 2, "padding": "same"}"#,
            &["[4, 3]", "[words, 3]", "[4]", "[4, words]"],
            "[4, 3] -> [8, 8], 80 parameters
[words, 3] -> [2 * words, 8], 80 parameters
[4] -> Rank
[4, words] -> Unknown",
        );
        check_rule(
            r#"Conv1DTranspose {"filters": 2, "kernel_size": 3, "strides": 2, "output_padding": [1]}"#,
            &["[4, 3]"],
            "[4, 3] -> [10, 2], 20 parameters",
        );
        check_rule(
            r#"Conv1DTranspose {"filters": 2, "kernel_size": 3, "output_padding": 1}"#,
            &["[4, 3]"],
            "[4, 3] -> OutputPadding",
        );
    }
}
