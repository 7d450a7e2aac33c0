//! The middle of an image, of a given size.

use crate::argument::Interpolation;
use crate::layer::{Layer, Needs, layer};
use crate::layers::resize::{of_size, resized};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// The middle of an image, of a given height and width.
    ///
    /// An image that is smaller along one axis is first cut to the proportions of the output, then made larger as `Resizing` does.
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
    ///         CenterCrop(4, 5)(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 6, 8, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 5, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/preprocessing_layers/image_preprocessing/center_crop/>.
    CenterCrop {
        ..height_and_width,
        ..data_format,
    }
}

impl Layer for CenterCrop {
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
            r#"CenterCrop {"height": 2, "width": 3}"#,
            &["[4, 5, 3]", "[1, 1, 3]", "[rows, 5, 3]", "[4, 5]", "i32[4, 5, 3]"],
            "[4, 5, 3] -> [2, 3, 3], 0 parameters
[1, 1, 3] -> [2, 3, 3], 0 parameters
[rows, 5, 3] -> [2, 3, 3], 0 parameters
[4, 5] -> Rank
i32[4, 5, 3] -> DType",
        );
    }
}
