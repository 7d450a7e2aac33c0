//! The transposed three-dimensional convolution.

use crate::layers::convolution::transposed_convolution;

transposed_convolution! {
    /// A transposed convolution over depth, height and width: what leads back from a convolution's output to its input.
    ///
    /// `output = activation(z + bias)`, where every voxel of the input adds the kernel, times its channels, to the window of `z` that it
    /// stands for: it is a convolution's derivative by its input.
    ///
    /// # Shapes
    ///
    /// Input `[depth, height, width, channels]`, output `[depth', height', width', filters]`. With padding `"same"`, `depth' = depth * stride`; with
    /// `"valid"`, `depth' = (depth - 1) * stride + max(kernel, stride)`. An `output_padding` takes the place of what these leave open:
    /// `(depth - 1) * stride + kernel % 2 + output_padding` and `(depth - 1) * stride + kernel + output_padding`. A kernel with dilation
    /// counts as `(kernel - 1) * dilation + 1`. Weights: `kernel` `[kernel depth, kernel height, kernel width, filters, channels]`, `bias` `[filters]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(volume: [2, 3, 4, 3]) -> [4, 6, 8, 8] {
    ///         Conv3DTranspose(8, 3, strides = 2, padding = "same")(volume)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 2, 3, 4, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 6, 8, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/convolution_layers/convolution3d_transpose/>; Dumoulin and Visin 2016,
    /// <https://arxiv.org/abs/1603.07285>.
    Conv3DTranspose, 3, data_format, output_padding
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn same_padding_multiplies_by_the_strides() {
        check_rule(
            r#"Conv3DTranspose {"filters": 8, "kernel_size": 3, "strides": 2, "padding": "same"}"#,
            &["[2, 4, 5, 3]", "[frames, 4, 5, 3]", "[4, 5, 3]", "[2, 4, 5, words]"],
            "[2, 4, 5, 3] -> [4, 8, 10, 8], 656 parameters
[frames, 4, 5, 3] -> [2 * frames, 8, 10, 8], 656 parameters
[4, 5, 3] -> Rank
[2, 4, 5, words] -> Unknown",
        );
        check_rule(
            r#"Conv3DTranspose {"filters": 2, "kernel_size": [2, 3, 1], "strides": 2, "output_padding": [0, 1, 1]}"#,
            &["[2, 4, 5, 3]"],
            "[2, 4, 5, 3] -> [4, 10, 10, 2], 38 parameters",
        );
        check_rule(
            r#"Conv3DTranspose {"filters": 2, "kernel_size": 3, "output_padding": 1}"#,
            &["[2, 4, 5, 3]"],
            "[2, 4, 5, 3] -> OutputPadding",
        );
    }
}
