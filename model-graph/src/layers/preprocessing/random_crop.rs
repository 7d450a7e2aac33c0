//! Parts of images, cut out by chance.

use crate::argument::Interpolation;
use crate::layer::{Layer, Needs, layer};
use crate::layers::resize::{of_size, resized};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// A part of each image, of a given height and width: while training from a place of its own, otherwise from the middle.
    ///
    /// Training, `output[y, x] = input[y + top, x + left]` for each sample, where the image is higher and wider than the output. When not
    /// training, and of an image that is no larger, it is the largest middle of the image that has the output's proportions, resized as
    /// `Resizing` does. (Keras 3.15 documents the same, but gives images of another size than it says when not training.)
    ///
    /// # Shapes
    ///
    /// Input `[rows, columns, channels]`, output `[height, width, channels]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [6, 8, 3]) -> [4, 5, 3] {
    ///         RandomCrop(4, 5)(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 6, 8, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 5, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_crop/>.
    RandomCrop {
        ..height_and_width,
        ..seed,
        ..data_format,
    }
}

impl Layer for RandomCrop {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        of_size([&self.height, &self.width], inputs)
    }

    fn needs(&self, inputs: &[Shape], output: &Shape) -> Needs {
        resized(Interpolation::Bilinear, &inputs[0], &inputs[0], output)
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn height_and_width_are_those_asked_for() {
        check_rule(
            r#"RandomCrop {"height": 2, "width": 3}"#,
            &["[4, 5, 3]", "[1, 1, 3]", "[rows, 5, 3]", "[4, 5]", "i32[4, 5, 3]"],
            "[4, 5, 3] -> [2, 3, 3], 0 parameters
[1, 1, 3] -> [2, 3, 3], 0 parameters
[rows, 5, 3] -> [2, 3, 3], 0 parameters
[4, 5] -> Rank
i32[4, 5, 3] -> DType",
        );
    }
}
