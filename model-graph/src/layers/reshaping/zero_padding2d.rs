//! Zeros around an image.

use crate::argument::Border;
use crate::layer::{Layer, layer};
use crate::layers::border;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// An image with zeros around it.
    ///
    /// `output[top + y, left + x] = input[y, x]`, and zero elsewhere.
    ///
    /// # Shapes
    ///
    /// Input `[height, width, channels]`, output `[top + height + bottom, left + width + right, channels]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [4, 5, 3]) -> [6, 7, 3] {
    ///         ZeroPadding2D(((1, 1), (0, 2)))(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 6, 7, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/reshaping_layers/zero_padding2d/>.
    ZeroPadding2D {
        /// How many rows above and below and columns left and right: one number, `(vertical, horizontal)`, or
        /// `((top, bottom), (left, right))`. Default: `1`.
        padding: Border<2> = Border([[1, 1], [1, 1]]),
        ..data_format,
    }
}

impl Layer for ZeroPadding2D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        border::padded(&self.padding.0, &inputs[0])
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_adds_to_height_and_width() {
        check_rule(
            r#"ZeroPadding2D {"padding": [1, [0, 2]]}"#,
            &["[4, 5, 3]", "[rows, 5, 3]", "[4, 5]", "i32[4, 5, 3]"],
            "[4, 5, 3] -> [6, 7, 3], 0 parameters
[rows, 5, 3] -> [rows + 2, 7, 3], 0 parameters
[4, 5] -> Rank
i32[4, 5, 3] -> DType",
        );
        check_rule("ZeroPadding2D {}", &["[4, 5, 3]"], "[4, 5, 3] -> [6, 7, 3], 0 parameters");
    }
}
