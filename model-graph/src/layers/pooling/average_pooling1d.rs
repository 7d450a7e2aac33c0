//! Average pooling along a sequence.

use crate::layers::pool::pooling;

pooling! {
    /// The mean of each window along a sequence, channel by channel.
    ///
    /// `output[i, channel] = mean input[i * strides .. i * strides + pool_size, channel]`; what lies beyond the ends is left out.
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
    ///         AveragePooling1D(2)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 3, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/pooling_layers/average_pooling1d/>.
    AveragePooling1D, 1, of_means
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_moves_by_its_own_size() {
        check_rule(
            r#"AveragePooling1D {"pool_size": 3}"#,
            &["[28, 4]", "[2, 4]", "[words, 4]", "[28]"],
            "[28, 4] -> [9, 4], 0 parameters
[2, 4] -> Window
[words, 4] -> [words / 3, 4], 0 parameters
[28] -> Rank",
        );
        check_rule(
            r#"AveragePooling1D {"pool_size": [2], "strides": 1, "padding": "same"}"#,
            &["[5, 1]"],
            "[5, 1] -> [5, 1], 0 parameters",
        );
    }
}
