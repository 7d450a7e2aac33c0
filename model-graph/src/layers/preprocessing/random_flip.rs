//! Images turned by chance.

use crate::argument::FlipMode;
use crate::layer::{Layer, layer};
use crate::layers::rank::images;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// Images, half of which are turned while training: mirrored, upside down or both.
    ///
    /// `output[y, x] = input[height - 1 - y, width - 1 - x]` for half of the samples; when not training, `output = input`.
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
    ///         RandomFlip("horizontal")(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 5, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_flip/>.
    RandomFlip {
        /// `"horizontal"` mirrors, `"vertical"` turns upside down, `"horizontal_and_vertical"` does both at once.
        /// Default: `"horizontal_and_vertical"`.
        mode: FlipMode = FlipMode { vertical: true, horizontal: true },
        ..seed,
        ..data_format,
    }
}

impl Layer for RandomFlip {
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
            r#"RandomFlip {}"#,
            &["[4, 5, 3]", "[rows, 5, 3]", "[4, 5]", "i32[4, 5, 3]"],
            "[4, 5, 3] -> [4, 5, 3], 0 parameters
[rows, 5, 3] -> [rows, 5, 3], 0 parameters
[4, 5] -> Rank
i32[4, 5, 3] -> DType",
        );
    }
}
