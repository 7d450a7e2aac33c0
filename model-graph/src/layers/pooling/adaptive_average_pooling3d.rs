//! Adaptive average pooling of volumes.

use crate::layers::pool::adaptive_pooling;

adaptive_pooling! {
    /// The mean of each of as many windows as the output is to have, channel by channel: whatever the size of a volume, that of the output is
    /// one and the same.
    ///
    /// `output[z, y, x, channel] = mean input[window at (z, y, x), channel]`, where window `z` reaches from `floor(z * depth / depth')` up to
    /// `ceil((z + 1) * depth / depth')`; so for the other axes.
    ///
    /// # Shapes
    ///
    /// Input `[depth, height, width, channels]`, output `[depth', height', width', channels]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(volume: [5, 6, 7, 3]) -> [2, 2, 3, 3] {
    ///         AdaptiveAveragePooling3D((2, 2, 3))(volume)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 6, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 2, 2, 3, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/pooling_layers/adaptive_average_pooling3d/>.
    AdaptiveAveragePooling3D, 3, of_means
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn the_output_has_the_size_that_was_given() {
        check_rule(
            r#"AdaptiveAveragePooling3D {"output_size": 3}"#,
            &["[9, 28, 29, 4]", "[2, 1, 1, 4]", "[frames, 28, 29, 4]", "[28, 29, 4]"],
            "[9, 28, 29, 4] -> [3, 3, 3, 4], 0 parameters
[2, 1, 1, 4] -> [3, 3, 3, 4], 0 parameters
[frames, 28, 29, 4] -> [3, 3, 3, 4], 0 parameters
[28, 29, 4] -> Rank",
        );
    }
}
