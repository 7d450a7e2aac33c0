//! The middle of an image.

use crate::argument::Border;
use crate::layer::{Layer, layer};
use crate::layers::border;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// An image without its outer rows and columns.
    ///
    /// `output[y, x] = input[top + y, left + x]`.
    ///
    /// # Shapes
    ///
    /// Input `[height, width, channels]`, output `[height - top - bottom, width - left - right, channels]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [4, 5, 3]) -> [2, 1, 3] {
    ///         Cropping2D((1, 2))(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 2, 1, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/reshaping_layers/cropping2d/>.
    Cropping2D {
        /// How many rows above and below and columns left and right: one number, `(vertical, horizontal)`, or
        /// `((top, bottom), (left, right))`. Default: `0`.
        cropping: Border<2> = Border([[0, 0], [0, 0]]),
        ..data_format,
    }
}

impl Layer for Cropping2D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        border::cropped(&self.cropping.0, &inputs[0])
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_leaves_something_of_height_and_width() {
        check_rule(
            r#"Cropping2D {"cropping": [[1, 2], 1]}"#,
            &["[4, 5, 3]", "[3, 5, 3]", "[rows, 5, 3]", "[5]"],
            "[4, 5, 3] -> [1, 3, 3], 0 parameters
[3, 5, 3] -> Crop
[rows, 5, 3] -> [rows - 3, 3, 3], 0 parameters
[5] -> Rank",
        );
    }
}
