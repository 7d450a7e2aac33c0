//! Global max pooling.

use crate::layers::pool::global_pooling;

global_pooling! {
    /// The largest element of each channel.
    ///
    /// `output[channel] = max input[.., .., channel]`.
    ///
    /// # Shapes
    ///
    /// Input `[height, width, channels]`, output `[channels]`, or `[1, 1, channels]` with `keepdims`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [6, 7, 3]) -> [3] {
    ///         GlobalMaxPooling2D()(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 6, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/pooling_layers/global_max_pooling2d/>.
    GlobalMaxPooling2D, 2, of_largest
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_leaves_the_channels() {
        check_rule(
            r#"GlobalMaxPooling2D {}"#,
            &["[7, 7, 64]", "[rows, 7, 64]", "[7]"],
            "[7, 7, 64] -> [64], 0 parameters
[rows, 7, 64] -> [64], 0 parameters
[7] -> Rank",
        );
        check_rule(r#"GlobalMaxPooling2D {"keepdims": true}"#, &["[7, 7, 64]"], "[7, 7, 64] -> [1, 1, 64], 0 parameters");
    }
}
