//! Average pooling.

use crate::layers::pool::pooling;

pooling! {
    /// The mean of each window, channel by channel.
    ///
    /// `output[y, x, channel] = mean input[window at (y, x), channel]`; what lies beyond the border is left out.
    ///
    /// # Shapes
    ///
    /// Input `[height, width, channels]`, output `[height', width', channels]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [6, 7, 3]) -> [3, 3, 3] {
    ///         AveragePooling2D(2)(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 6, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 3, 3, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/pooling_layers/average_pooling2d/>.
    AveragePooling2D, 2, of_means
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_moves_by_its_own_size() {
        check_rule(
            r#"AveragePooling2D {"pool_size": 3}"#,
            &["[28, 29, 64]", "[2, 29, 64]", "[28]"],
            "[28, 29, 64] -> [9, 9, 64], 0 parameters
[2, 29, 64] -> Window
[28] -> Rank",
        );
        check_rule(
            r#"AveragePooling2D {"pool_size": [2, 3], "strides": 1, "padding": "same"}"#,
            &["[5, 5, 1]"],
            "[5, 5, 1] -> [5, 5, 1], 0 parameters",
        );
    }
}
