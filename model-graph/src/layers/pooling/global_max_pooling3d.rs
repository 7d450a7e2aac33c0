//! Global max pooling of volumes.

use crate::layers::pool::global_pooling;

global_pooling! {
    /// The largest element of each channel of a volume.
    ///
    /// `output[channel] = max input[.., .., .., channel]`.
    ///
    /// # Shapes
    ///
    /// Input `[depth, height, width, channels]`, output `[channels]`, or `[1, 1, 1, channels]` with `keepdims`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(volume: [5, 6, 7, 3]) -> [3] {
    ///         GlobalMaxPooling3D()(volume)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 6, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/pooling_layers/global_max_pooling3d/>.
    GlobalMaxPooling3D, 3, of_largest
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_leaves_the_channels() {
        check_rule(
            r#"GlobalMaxPooling3D {}"#,
            &["[5, 7, 7, 4]", "[frames, 7, 7, 4]", "[7, 7, 4]"],
            "[5, 7, 7, 4] -> [4], 0 parameters
[frames, 7, 7, 4] -> [4], 0 parameters
[7, 7, 4] -> Rank",
        );
        check_rule(r#"GlobalMaxPooling3D {"keepdims": true}"#, &["[5, 7, 7, 4]"], "[5, 7, 7, 4] -> [1, 1, 1, 4], 0 parameters");
    }
}
