//! The depthwise separable one-dimensional convolution.

use crate::layers::convolution::separable_convolution;

separable_convolution! {
    /// A convolution of each channel on its own, then one across channels, element by element.
    ///
    /// `output = activation((input * depthwise_kernel) · pointwise_kernel + bias)`, where the first product is that of `DepthwiseConv1D`.
    ///
    /// # Shapes
    ///
    /// Input `[length, channels]`, output `[length', filters]`, sizes as of a convolution. Weights: `depthwise_kernel`
    /// `[kernel length, channels, depth_multiplier]`, `pointwise_kernel` `[1, channels * depth_multiplier, filters]`, `bias` `[filters]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [7, 3]) -> [7, 8] {
    ///         SeparableConv1D(8, 3, padding = "same")(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 7, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/convolution_layers/separable_convolution1d/>; Chollet 2016,
    /// <https://arxiv.org/abs/1610.02357>.
    SeparableConv1D, 1
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_has_the_shape_of_a_convolution() {
        check_rule(
            r#"SeparableConv1D {"filters": 8, "kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 2}"#,
            &["[33, 4]", "[32]", "[words, 4]", "[32, words]"],
            "[33, 4] -> [17, 8], 96 parameters
[32] -> Rank
[words, 4] -> [(words + 1) / 2, 8], 96 parameters
[32, words] -> Unknown",
        );
        check_rule(
            r#"SeparableConv1D {"filters": 8, "kernel_size": [5], "use_bias": false}"#,
            &["[5, 2]", "[4, 2]"],
            "[5, 2] -> [1, 8], 26 parameters
[4, 2] -> Window",
        );
    }
}
