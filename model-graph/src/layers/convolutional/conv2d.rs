//! The two-dimensional convolution.

use crate::layers::convolution::convolution;

convolution! {
    /// A convolution over height and width.
    ///
    /// `output = activation(input * kernel + bias)`, where the window `kernel` moves over the image.
    ///
    /// # Shapes
    ///
    /// Input `[height, width, channels]`, output `[height', width', filters]`: with padding `"valid"`,
    /// `height' = floor((height - extent) / stride) + 1` with `extent = (kernel - 1) * dilation + 1`; with `"same"`, `ceil(height / stride)`.
    /// Weights: `kernel` `[kernel height, kernel width, channels / groups, filters]`, `bias` `[filters]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [6, 7, 3]) -> [3, 4, 8] {
    ///         Conv2D(8, 3, strides = 2, padding = "same")(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 6, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 3, 4, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/convolution_layers/convolution2d/>.
    Conv2D, 2
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_slides_a_window_over_height_and_width() {
        check_rule(
            r#"Conv2D {"filters": 8, "kernel_size": 3, "strides": 2, "padding": "same", "groups": 2}"#,
            &["[32, 33, 4]", "[32, 32, 3]", "[32, 32]", "[rows, 32, 4]", "[32, 32, words]"],
            "[32, 33, 4] -> [16, 17, 8], 152 parameters
[32, 32, 3] -> Groups
[32, 32] -> Rank
[rows, 32, 4] -> [(rows + 1) / 2, 16, 8], 152 parameters
[32, 32, words] -> Unknown",
        );
        check_rule(
            r#"Conv2D {"filters": 8, "kernel_size": [5, 3], "use_bias": false}"#,
            &["[5, 3, 1]", "[4, 3, 1]", "[rows, 3, 1]"],
            "[5, 3, 1] -> [1, 1, 8], 120 parameters
[4, 3, 1] -> Window
[rows, 3, 1] -> [rows - 4, 1, 8], 120 parameters",
        );
        check_rule(
            r#"Conv2D {"filters": 8, "kernel_size": 3, "strides": 2, "dilation_rate": 2}"#,
            &["[9, 9, 1]"],
            "[9, 9, 1] -> Exclusive",
        );
    }
}
