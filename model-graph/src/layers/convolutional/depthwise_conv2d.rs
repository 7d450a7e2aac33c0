//! The depthwise two-dimensional convolution.

use crate::layers::convolution::depthwise_convolution;

depthwise_convolution! {
    /// A convolution over height and width of each channel on its own.
    ///
    /// `output[.., c * multiplier + m] = activation(input[.., c] * kernel[.., c, m] + bias[c * multiplier + m])`.
    ///
    /// # Shapes
    ///
    /// Input `[height, width, channels]`, output `[height', width', channels * depth_multiplier]`, sizes as of a convolution. Weights:
    /// `kernel` `[kernel height, kernel width, channels, depth_multiplier]`, `bias` `[channels * depth_multiplier]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [6, 7, 3]) -> [4, 5, 6] {
    ///         DepthwiseConv2D(3, depth_multiplier = 2, activation = "relu")(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 6, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 5, 6]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/>.
    DepthwiseConv2D, 2
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_multiplies_the_channels() {
        check_rule(
            r#"DepthwiseConv2D {"kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 2}"#,
            &["[32, 33, 4]", "[32, 32]", "[rows, 32, 4]", "[32, 32, words]"],
            "[32, 33, 4] -> [16, 17, 8], 80 parameters
[32, 32] -> Rank
[rows, 32, 4] -> [(rows + 1) / 2, 16, 8], 80 parameters
[32, 32, words] -> Unknown",
        );
        check_rule(
            r#"DepthwiseConv2D {"kernel_size": [5, 3], "use_bias": false}"#,
            &["[5, 3, 2]", "[4, 3, 2]"],
            "[5, 3, 2] -> [1, 1, 2], 30 parameters\n[4, 3, 2] -> Window",
        );
    }
}
