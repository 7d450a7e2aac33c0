//! Images made larger or smaller by chance.

use crate::argument::ZoomFactor;
use crate::layer::{Layer, layer};
use crate::layers::rank::images;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// Images of which more or less is seen while training, for each by numbers of its own.
    ///
    /// `output[y, x] = input[cy + (1 + h) (y - cy), cx + (1 + w) (x - cx)]`, with the middle
    /// `(cy, cx) = ((height - 1) / 2, (width - 1) / 2)`, `h` between the numbers of `height_factor` and `w` between those of `width_factor`
    /// for each sample: what is in the image becomes smaller where they are positive. When not training, `output = input`.
    ///
    /// # Shapes
    ///
    /// Input `[height, width, channels]`, output `[height, width, channels]`, unchanged.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [4, 5, 3]) -> [4, 5, 3] {
    ///         RandomZoom((-0.3, 0.0))(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 5, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_zoom/>.
    RandomZoom {
        /// How much more is seen vertically, above -1 and up to 1: `(low, high)`, or one number for what is between it and the same below 0,
        /// which is less.
        height_factor: ZoomFactor,
        /// How much more is seen horizontally, likewise; `None` is as much as vertically, which keeps proportions. Default: `None`.
        width_factor: Option<ZoomFactor> = None,
        ..laying,
    }
}

impl Layer for RandomZoom {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        images(inputs)
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape() {
        check_rule(
            r#"RandomZoom {"height_factor": 0.1}"#,
            &["[4, 5, 3]", "[rows, 5, 3]", "[4, 5]", "i32[4, 5, 3]"],
            "[4, 5, 3] -> [4, 5, 3], 0 parameters
[rows, 5, 3] -> [rows, 5, 3], 0 parameters
[4, 5] -> Rank
i32[4, 5, 3] -> DType",
        );
    }
}
