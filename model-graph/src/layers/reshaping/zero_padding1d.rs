//! Zeros around a sequence.

use crate::argument::Ends;
use crate::layer::{Layer, layer};
use crate::layers::border;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// A sequence with zeros before and after it.
    ///
    /// `output[before + i] = input[i]`, and zero elsewhere.
    ///
    /// # Shapes
    ///
    /// Input `[length, channels]`, output `[before + length + after, channels]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [4, 3]) -> [7, 3] {
    ///         ZeroPadding1D((1, 2))(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 3)))?;
    /// assert_eq!(output.shape(), [1, 7, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/reshaping_layers/zero_padding1d/>.
    ZeroPadding1D {
        /// How many elements before and after: one number, or two. Default: `1`.
        padding: Ends = Ends([1, 1]),
        ..data_format,
    }
}

impl Layer for ZeroPadding1D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        border::padded(&[self.padding.0], &inputs[0])
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_changes_the_length() {
        check_rule(
            r#"ZeroPadding1D {"padding": [1, 2]}"#,
            &["[4, 3]", "[words, 3]", "[4]"],
            "[4, 3] -> [7, 3], 0 parameters
[words, 3] -> [words + 3, 3], 0 parameters
[4] -> Rank",
        );
    }
}
