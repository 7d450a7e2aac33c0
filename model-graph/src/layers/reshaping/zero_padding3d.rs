//! Zeros around a volume.

use crate::argument::Border;
use crate::layer::{Layer, layer};
use crate::layers::border;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// A volume with zeros around it.
    ///
    /// `output[front + z, top + y, left + x] = input[z, y, x]`, and zero elsewhere.
    ///
    /// # Shapes
    ///
    /// Input `[depth, height, width, channels]`, output `[front + depth + back, top + height + bottom, left + width + right, channels]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(volume: [3, 4, 5, 3]) -> [5, 4, 7, 3] {
    ///         ZeroPadding3D(((1, 1), (0, 0), (0, 2)))(volume)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 3, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 5, 4, 7, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/reshaping_layers/zero_padding3d/>.
    ZeroPadding3D {
        /// How many planes in front and behind, rows above and below and columns left and right: one number,
        /// `(depth, vertical, horizontal)`, or `((front, back), (top, bottom), (left, right))`. Default: `1`.
        padding: Border<3> = Border([[1, 1]; 3]),
        ..data_format,
    }
}

impl Layer for ZeroPadding3D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        border::padded(&self.padding.0, &inputs[0])
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_adds_to_depth_height_and_width() {
        check_rule(
            r#"ZeroPadding3D {"padding": [1, [0, 2], 0]}"#,
            &["[3, 4, 5, 3]", "[frames, 4, 5, 3]", "[4, 5, 3]"],
            "[3, 4, 5, 3] -> [5, 6, 5, 3], 0 parameters
[frames, 4, 5, 3] -> [frames + 2, 6, 5, 3], 0 parameters
[4, 5, 3] -> Rank",
        );
        check_rule(r#"ZeroPadding3D {}"#, &["[3, 4, 5, 3]"], "[3, 4, 5, 3] -> [5, 6, 7, 3], 0 parameters");
    }
}
