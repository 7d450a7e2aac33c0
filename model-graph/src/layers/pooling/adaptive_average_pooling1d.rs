//! Adaptive average pooling along sequences.

use crate::layers::pool::adaptive_pooling;

adaptive_pooling! {
    /// The mean of each of as many windows as the output is to have, channel by channel: whatever the length of a sequence, that of the
    /// output is one and the same.
    ///
    /// `output[i, channel] = mean input[from .. to, channel]`, where `from = floor(i * length / length')` and
    /// `to = ceil((i + 1) * length / length')`.
    ///
    /// # Shapes
    ///
    /// Input `[length, channels]`, output `[length', channels]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [7, 3]) -> [3, 3] {
    ///         AdaptiveAveragePooling1D(3)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 3, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/pooling_layers/adaptive_average_pooling1d/>.
    AdaptiveAveragePooling1D, 1, of_means
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn the_output_has_the_size_that_was_given() {
        check_rule(
            r#"AdaptiveAveragePooling1D {"output_size": 3}"#,
            &["[28, 4]", "[2, 4]", "[words, 4]", "[28]"],
            "[28, 4] -> [3, 4], 0 parameters
[2, 4] -> [3, 4], 0 parameters
[words, 4] -> [3, 4], 0 parameters
[28] -> Rank",
        );
    }
}
