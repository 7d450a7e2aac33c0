//! The middle of a sequence.

use crate::argument::Ends;
use crate::layer::{Layer, layer};
use crate::layers::border;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// A sequence without its beginning and end.
    ///
    /// `output[i] = input[before + i]`.
    ///
    /// # Shapes
    ///
    /// Input `[length, channels]`, output `[length - before - after, channels]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [4, 3]) -> [1, 3] {
    ///         Cropping1D((1, 2))(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 3)))?;
    /// assert_eq!(output.shape(), [1, 1, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/reshaping_layers/cropping1d/>.
    Cropping1D {
        /// How many elements before and after: one number, or two. Default: `1`.
        cropping: Ends = Ends([1, 1]),
    }
}

impl Layer for Cropping1D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        border::cropped(&[self.cropping.0], &inputs[0])
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_changes_the_length() {
        check_rule(
            r#"Cropping1D {"cropping": [1, 2]}"#,
            &["[4, 3]", "[3, 3]", "[words, 3]", "[4]"],
            "[4, 3] -> [1, 3], 0 parameters
[3, 3] -> Crop
[words, 3] -> [words - 3, 3], 0 parameters
[4] -> Rank",
        );
    }
}
