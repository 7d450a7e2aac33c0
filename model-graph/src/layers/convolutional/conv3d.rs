//! The three-dimensional convolution.

use crate::layers::convolution::convolution;

convolution! {
    /// A convolution over depth, height and width.
    ///
    /// `output = activation(input * kernel + bias)`, where the window `kernel` moves through the volume.
    ///
    /// # Shapes
    ///
    /// Input `[depth, height, width, channels]`, output `[depth', height', width', filters]`: with padding `"valid"`,
    /// `depth' = floor((depth - extent) / stride) + 1` with `extent = (kernel - 1) * dilation + 1`; with `"same"`, `ceil(depth / stride)`.
    /// Weights: `kernel` `[kernel depth, kernel height, kernel width, channels / groups, filters]`, `bias` `[filters]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(volume: [4, 6, 7, 3]) -> [2, 3, 4, 8] {
    ///         Conv3D(8, 3, strides = 2, padding = "same")(volume)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 6, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 2, 3, 4, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/convolution_layers/convolution3d/>.
    Conv3D, 3
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_slides_a_window_through_the_volume() {
        check_rule(
            r#"Conv3D {"filters": 8, "kernel_size": 3, "strides": 2, "padding": "same", "groups": 2}"#,
            &["[9, 32, 33, 4]", "[9, 32, 32, 3]", "[9, 32, 32]", "[frames, 32, 32, 4]", "[9, 32, 32, words]"],
            "[9, 32, 33, 4] -> [5, 16, 17, 8], 440 parameters
[9, 32, 32, 3] -> Groups
[9, 32, 32] -> Rank
[frames, 32, 32, 4] -> [(frames + 1) / 2, 16, 16, 8], 440 parameters
[9, 32, 32, words] -> Unknown",
        );
        check_rule(
            r#"Conv3D {"filters": 8, "kernel_size": [2, 5, 3], "use_bias": false}"#,
            &["[2, 5, 3, 1]", "[1, 5, 3, 1]"],
            "[2, 5, 3, 1] -> [1, 1, 1, 8], 240 parameters
[1, 5, 3, 1] -> Window",
        );
        check_rule(
            r#"Conv3D {"filters": 8, "kernel_size": 3, "strides": 2, "dilation_rate": [1, 1, 2]}"#,
            &["[9, 9, 9, 1]"],
            "[9, 9, 9, 1] -> Exclusive",
        );
    }
}
