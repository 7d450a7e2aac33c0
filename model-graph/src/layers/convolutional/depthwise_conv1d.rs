//! The depthwise one-dimensional convolution.

use crate::layers::convolution::depthwise_convolution;

depthwise_convolution! {
    /// A convolution along a sequence of each channel on its own.
    ///
    /// `output[i, c * multiplier + m] = activation(input[.., c] * kernel[.., c, m] + bias[c * multiplier + m])`.
    ///
    /// # Shapes
    ///
    /// Input `[length, channels]`, output `[length', channels * depth_multiplier]`, sizes as of a convolution. Weights: `kernel`
    /// `[kernel length, channels, depth_multiplier]`, `bias` `[channels * depth_multiplier]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [7, 3]) -> [5, 6] {
    ///         DepthwiseConv1D(3, depth_multiplier = 2, activation = "relu")(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 5, 6]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/convolution_layers/depthwise_convolution1d/>.
    DepthwiseConv1D, 1
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_multiplies_the_channels() {
        check_rule(
            r#"DepthwiseConv1D {"kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 2}"#,
            &["[33, 4]", "[32]", "[words, 4]", "[32, words]"],
            "[33, 4] -> [17, 8], 32 parameters
[32] -> Rank
[words, 4] -> [(words + 1) / 2, 8], 32 parameters
[32, words] -> Unknown",
        );
        check_rule(
            r#"DepthwiseConv1D {"kernel_size": [5], "use_bias": false}"#,
            &["[5, 2]", "[4, 2]"],
            "[5, 2] -> [1, 2], 10 parameters
[4, 2] -> Window",
        );
    }
}
