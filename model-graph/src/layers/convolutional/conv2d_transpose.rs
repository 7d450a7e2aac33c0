//! The transposed two-dimensional convolution.

use crate::layers::convolution::transposed_convolution;

transposed_convolution! {
    /// A transposed convolution over height and width: what leads back from a convolution's output to its input.
    ///
    /// `output = activation(z + bias)`, where every pixel of the input adds the kernel, times its channels, to the window of `z` that it
    /// stands for: it is a convolution's derivative by its input.
    ///
    /// # Shapes
    ///
    /// Input `[height, width, channels]`, output `[height', width', filters]`. With padding `"same"`, `height' = height * stride`; with
    /// `"valid"`, `height' = (height - 1) * stride + max(kernel, stride)`. An `output_padding` takes the place of what these leave open:
    /// `(height - 1) * stride + kernel % 2 + output_padding` and `(height - 1) * stride + kernel + output_padding`. A kernel with dilation
    /// counts as `(kernel - 1) * dilation + 1`. Weights: `kernel` `[kernel height, kernel width, filters, channels]`, `bias` `[filters]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [4, 5, 3]) -> [8, 10, 8] {
    ///         Conv2DTranspose(8, 3, strides = 2, padding = "same")(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 8, 10, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/convolution_layers/convolution2d_transpose/>; Dumoulin and Visin 2016,
    /// <https://arxiv.org/abs/1603.07285>.
    Conv2DTranspose, 2, output_padding, data_format
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn same_padding_multiplies_by_the_strides() {
        check_rule(
            r#"Conv2DTranspose {"filters": 8, "kernel_size": 3, "strides": 2, "padding": "same"}"#,
            &["[4, 5, 3]", "[rows, 5, 3]", "[4, 5]", "[4, 5, words]"],
            "[4, 5, 3] -> [8, 10, 8], 224 parameters
[rows, 5, 3] -> [2 * rows, 10, 8], 224 parameters
[4, 5] -> Rank
[4, 5, words] -> Unknown",
        );
    }

    #[test]
    fn whole_windows_are_kept_without_padding() {
        check_rule(
            r#"Conv2DTranspose {"filters": 2, "kernel_size": [3, 1], "strides": 2}"#,
            &["[4, 5, 3]", "[rows, 5, 3]"],
            "[4, 5, 3] -> [9, 10, 2], 20 parameters\n[rows, 5, 3] -> [2 * rows + 1, 10, 2], 20 parameters",
        );
        check_rule(
            r#"Conv2DTranspose {"filters": 2, "kernel_size": 3, "dilation_rate": 2}"#,
            &["[4, 5, 3]"],
            "[4, 5, 3] -> [8, 9, 2], 56 parameters",
        );
    }

    #[test]
    fn output_padding_takes_the_place_of_what_is_open() {
        check_rule(
            r#"Conv2DTranspose {"filters": 2, "kernel_size": 4, "strides": 3, "padding": "same", "output_padding": [0, 2]}"#,
            &["[4, 5, 3]", "[1, 5, 3]"],
            "[4, 5, 3] -> [9, 14, 2], 98 parameters\n[1, 5, 3] -> Window",
        );
        check_rule(
            r#"Conv2DTranspose {"filters": 2, "kernel_size": 3, "strides": 2, "output_padding": 1}"#,
            &["[4, 5, 3]"],
            "[4, 5, 3] -> [10, 12, 2], 56 parameters",
        );
        check_rule(
            r#"Conv2DTranspose {"filters": 2, "kernel_size": 3, "output_padding": 1}"#,
            &["[4, 5, 3]"],
            "[4, 5, 3] -> OutputPadding",
        );
    }
}
