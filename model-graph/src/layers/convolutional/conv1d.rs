//! The one-dimensional convolution.

use crate::argument::{Padding, SequencePadding};
use crate::layers::convolution::convolution;

convolution! {
    /// A convolution along a sequence.
    ///
    /// `output = activation(input * kernel + bias)`, where the window `kernel` moves along the length.
    ///
    /// # Shapes
    ///
    /// Input `[length, channels]`, output `[length', filters]`. Weights: `kernel` `[kernel length, channels / groups, filters]`, `bias`
    /// `[filters]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [7, 4]) -> [7, 8] {
    ///         Conv1D(8, 3, padding = "causal")(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 7, 4)))?;
    /// assert_eq!(output.shape(), [1, 7, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/convolution_layers/convolution1d/>; causal padding: van den Oord et al. 2016,
    /// <https://arxiv.org/abs/1609.03499>.
    Conv1D, 1,
    /// `"valid"` keeps the window inside the sequence, `"same"` pads both ends with zeros, `"causal"` the beginning only, so that
    /// no output depends on what comes later. Default: `"valid"`.
    padding: SequencePadding = SequencePadding(Padding::Valid),
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_slides_a_window_along_the_length() {
        check_rule(
            r#"Conv1D {"filters": 8, "kernel_size": 3, "strides": 2, "padding": "same", "groups": 2}"#,
            &["[33, 4]", "[32, 3]", "[32]", "[words, 4]", "[32, words]"],
            "[33, 4] -> [17, 8], 56 parameters
[32, 3] -> Groups
[32] -> Rank
[words, 4] -> [(words + 1) / 2, 8], 56 parameters
[32, words] -> Unknown",
        );
        check_rule(
            r#"Conv1D {"filters": 8, "kernel_size": [5], "padding": "causal"}"#,
            &["[3, 1]", "[words, 1]"],
            "[3, 1] -> [3, 8], 48 parameters
[words, 1] -> [words, 8], 48 parameters",
        );
        check_rule(
            r#"Conv1D {"filters": 8, "kernel_size": 5, "use_bias": false}"#,
            &["[5, 1]", "[4, 1]"],
            "[5, 1] -> [1, 8], 40 parameters
[4, 1] -> Window",
        );
        check_rule(
            r#"Conv1D {"filters": 8, "kernel_size": 3, "strides": 2, "dilation_rate": 2}"#,
            &["[9, 1]"],
            "[9, 1] -> Exclusive",
        );
    }
}
