//! Adaptive average pooling of images.

use crate::layers::pool::adaptive_pooling;

adaptive_pooling! {
    /// The mean of each of as many windows as the output is to have, channel by channel: whatever the size of an image, that of the output is
    /// one and the same.
    ///
    /// `output[y, x, channel] = mean input[window at (y, x), channel]`, where window `y` reaches from `floor(y * height / height')` up to
    /// `ceil((y + 1) * height / height')`; so for the other axes.
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
    ///     model Net(image: [6, 7, 3]) -> [2, 3, 3] {
    ///         AdaptiveAveragePooling2D((2, 3))(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 6, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 2, 3, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/pooling_layers/adaptive_average_pooling2d/>.
    AdaptiveAveragePooling2D, 2, of_means
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn the_output_has_the_size_that_was_given() {
        check_rule(
            r#"AdaptiveAveragePooling2D {"output_size": 3}"#,
            &["[28, 29, 4]", "[2, 1, 4]", "[rows, 29, 4]", "[28, 29]"],
            "[28, 29, 4] -> [3, 3, 4], 0 parameters
[2, 1, 4] -> [3, 3, 4], 0 parameters
[rows, 29, 4] -> [3, 3, 4], 0 parameters
[28, 29] -> Rank",
        );
    }
}
