//! The middle of a volume.

use crate::argument::Border;
use crate::layer::{Layer, layer};
use crate::layers::border;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// A volume without its outer planes, rows and columns.
    ///
    /// `output[z, y, x] = input[front + z, top + y, left + x]`.
    ///
    /// # Shapes
    ///
    /// Input `[depth, height, width, channels]`, output `[depth - front - back, height - top - bottom, width - left - right, channels]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(volume: [4, 5, 7, 3]) -> [2, 1, 1, 3] {
    ///         Cropping3D((1, 2, 3))(volume)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 2, 1, 1, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/reshaping_layers/cropping3d/>.
    Cropping3D {
        /// How many planes in front and behind, rows above and below and columns left and right: one number,
        /// `(depth, vertical, horizontal)`, or `((front, back), (top, bottom), (left, right))`. Default: `1`.
        cropping: Border<3> = Border([[1, 1]; 3]),
        ..data_format,
    }
}

impl Layer for Cropping3D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        border::cropped(&self.cropping.0, &inputs[0])
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_leaves_something_of_each_axis() {
        check_rule(
            r#"Cropping3D {"cropping": [[1, 2], 1, 0]}"#,
            &["[4, 5, 5, 3]", "[3, 5, 5, 3]", "[frames, 5, 5, 3]", "[5, 5, 3]"],
            "[4, 5, 5, 3] -> [1, 3, 5, 3], 0 parameters
[3, 5, 5, 3] -> Crop
[frames, 5, 5, 3] -> [frames - 3, 3, 5, 3], 0 parameters
[5, 5, 3] -> Rank",
        );
    }
}
