//! Dropout of whole channels of a volume.

use crate::layers::spatial_dropout::spatial_dropout;

spatial_dropout! {
    /// Sets whole channels of a volume to zero at random while training, where neighbours are too alike to be dropped one by one.
    ///
    /// `output = 0` with probability `rate` for each channel of a sample, else `input / (1 - rate)`; when not training, `output = input`.
    ///
    /// # Shapes
    ///
    /// Input `[depth, height, width, channels]`, output unchanged.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [2, 4, 5, 3]) -> [2, 4, 5, 3] {
    ///         SpatialDropout3D(0.5)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 2, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 2, 4, 5, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/regularization_layers/spatial_dropout3d/>; Tompson et al. 2014,
    /// <https://arxiv.org/abs/1411.4280>.
    SpatialDropout3D, 3, data_format
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape() {
        check_rule(
            r#"SpatialDropout3D {"rate": 0.5}"#,
            &["[2, 4, 5, 3]", "[words, 4, 5, 3]", "[3]", "i32[2, 4, 5, 3]"],
            "[2, 4, 5, 3] -> [2, 4, 5, 3], 0 parameters
[words, 4, 5, 3] -> [words, 4, 5, 3], 0 parameters
[3] -> Rank
i32[2, 4, 5, 3] -> DType",
        );
    }
}
