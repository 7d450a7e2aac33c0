//! The depthwise separable two-dimensional convolution.

use crate::layers::convolution::separable_convolution;

separable_convolution! {
    /// A convolution of each channel on its own, then one across channels, pixel by pixel.
    ///
    /// `output = activation((input * depthwise_kernel) · pointwise_kernel + bias)`, where the first product is that of `DepthwiseConv2D`.
    ///
    /// # Shapes
    ///
    /// Input `[height, width, channels]`, output `[height', width', filters]`, sizes as of a convolution. Weights: `depthwise_kernel`
    /// `[kernel height, kernel width, channels, depth_multiplier]`, `pointwise_kernel` `[1, 1, channels * depth_multiplier, filters]`,
    /// `bias` `[filters]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [6, 7, 3]) -> [6, 7, 8] {
    ///         SeparableConv2D(8, 3, padding = "same")(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 6, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 6, 7, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/convolution_layers/separable_convolution2d/>; Chollet 2016,
    /// <https://arxiv.org/abs/1610.02357>.
    SeparableConv2D, 2
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_has_the_shape_of_a_convolution() {
        check_rule(
            r#"SeparableConv2D {"filters": 8, "kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 2}"#,
            &["[32, 33, 4]", "[32, 32]", "[rows, 32, 4]", "[32, 32, words]"],
            "[32, 33, 4] -> [16, 17, 8], 144 parameters
[32, 32] -> Rank
[rows, 32, 4] -> [(rows + 1) / 2, 16, 8], 144 parameters
[32, 32, words] -> Unknown",
        );
        check_rule(
            r#"SeparableConv2D {"filters": 8, "kernel_size": [5, 3], "use_bias": false}"#,
            &["[5, 3, 2]", "[4, 3, 2]"],
            "[5, 3, 2] -> [1, 1, 8], 46 parameters\n[4, 3, 2] -> Window",
        );
    }
}
