//! Dropout of whole channels of an image.

use crate::layers::spatial_dropout::spatial_dropout;

spatial_dropout! {
    /// Sets whole channels of an image to zero at random while training, where neighbours are too alike to be dropped one by one.
    ///
    /// `output = 0` with probability `rate` for each channel of a sample, else `input / (1 - rate)`; when not training, `output = input`.
    ///
    /// # Shapes
    ///
    /// Input `[height, width, channels]`, output unchanged.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [4, 5, 3]) -> [4, 5, 3] {
    ///         SpatialDropout2D(0.5)(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 5, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/regularization_layers/spatial_dropout2d/>; Tompson et al. 2014,
    /// <https://arxiv.org/abs/1411.4280>.
    SpatialDropout2D, 2, data_format
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape() {
        check_rule(
            r#"SpatialDropout2D {"rate": 0.5}"#,
            &["[4, 5, 3]", "[words, 5, 3]", "[3]", "i32[4, 5, 3]"],
            "[4, 5, 3] -> [4, 5, 3], 0 parameters
[words, 5, 3] -> [words, 5, 3], 0 parameters
[3] -> Rank
i32[4, 5, 3] -> DType",
        );
    }
}
