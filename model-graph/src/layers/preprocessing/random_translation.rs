//! Images moved by chance.

use crate::argument::SignedFactor;
use crate::layer::{Layer, layer};
use crate::layers::rank::images;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// Images that are moved while training, each by numbers of its own.
    ///
    /// `output[y, x] = input[y - down * height, x - right * width]`, with `down` between the numbers of `height_factor` and `right` between
    /// those of `width_factor` for each sample; when not training, `output = input`.
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
    ///         RandomTranslation(0.2, (-0.1, 0.3))(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 5, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_translation/>.
    RandomTranslation {
        /// How far down, in heights of the image, from -1 to 1: `(low, high)`, or one number for what is between it and the same below 0,
        /// which is up.
        height_factor: SignedFactor,
        /// How far to the right, in widths of the image, likewise; below 0 is to the left.
        width_factor: SignedFactor,
        ..laying,
    }
}

impl Layer for RandomTranslation {
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
            r#"RandomTranslation {"height_factor": 0.1, "width_factor": 0.2}"#,
            &["[4, 5, 3]", "[rows, 5, 3]", "[4, 5]", "i32[4, 5, 3]"],
            "[4, 5, 3] -> [4, 5, 3], 0 parameters
[rows, 5, 3] -> [rows, 5, 3], 0 parameters
[4, 5] -> Rank
i32[4, 5, 3] -> DType",
        );
    }
}
