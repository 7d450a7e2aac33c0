//! Average pooling of volumes.

use crate::layers::pool::pooling;

pooling! {
    /// The mean of each window of a volume, channel by channel.
    ///
    /// `output[z, y, x, channel] = mean input[window at (z, y, x), channel]`; what lies beyond the border is left out.
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
    ///     model Net(volume: [5, 6, 7, 3]) -> [2, 3, 3, 3] {
    ///         AveragePooling3D(2)(volume)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 6, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 2, 3, 3, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/pooling_layers/average_pooling3d/>.
    AveragePooling3D, 3, of_means
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_moves_by_its_own_size() {
        check_rule(
            r#"AveragePooling3D {"pool_size": 3}"#,
            &["[9, 28, 29, 4]", "[2, 28, 29, 4]", "[frames, 28, 29, 4]", "[28, 29, 4]"],
            "[9, 28, 29, 4] -> [3, 9, 9, 4], 0 parameters
[2, 28, 29, 4] -> Window
[frames, 28, 29, 4] -> [frames / 3, 9, 9, 4], 0 parameters
[28, 29, 4] -> Rank",
        );
        check_rule(
            r#"AveragePooling3D {"pool_size": [1, 2, 3], "strides": 1, "padding": "same"}"#,
            &["[5, 5, 5, 1]"],
            "[5, 5, 5, 1] -> [5, 5, 5, 1], 0 parameters",
        );
    }
}
