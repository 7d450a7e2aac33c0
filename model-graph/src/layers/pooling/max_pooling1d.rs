//! Max pooling along a sequence.

use crate::argument::{ChannelsLast, Length, Padding};
use crate::layer::{Layer, Needs, layer};
use crate::layers::pool;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};
use crate::window::Window;

layer! {
    /// The largest element of each window along a sequence, channel by channel.
    ///
    /// `output[i, channel] = max input[i * strides .. i * strides + pool_size, channel]`; what lies beyond the ends is left out.
    ///
    /// # Shapes
    ///
    /// Input `[length, channels]`, output `[length', channels]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [7, 3]) -> [3, 3] {
    ///         MaxPooling1D(2)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 3, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/pooling_layers/max_pooling1d/>.
    MaxPooling1D {
        /// The length of the window. Default: `2`.
        pool_size: Length = Length(2),
        /// The step of the window; the window's length where it is `None`. Default: `None`.
        strides: Option<Length> = None,
        /// `"valid"` keeps the window inside the sequence, `"same"` lets it reach over the ends. Default: `"valid"`.
        padding: Padding = Padding::Valid,
        /// The order of the axes. Default: `"channels_last"`.
        data_format: ChannelsLast = ChannelsLast,
    }
}

impl MaxPooling1D {
    /// The window over an image of one row.
    #[must_use]
    pub fn windows(&self) -> [Window; 2] {
        pool::sequence_windows(self.pool_size, self.strides, self.padding)
    }
}

impl Layer for MaxPooling1D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        pool::infer_sequence(self.windows(), inputs)
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs { inputs: true, output: true, ..Needs::default() }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_moves_by_its_own_size() {
        check_rule(
            r#"MaxPooling1D {"pool_size": 3}"#,
            &["[28, 4]", "[2, 4]", "[words, 4]", "[28]"],
            "[28, 4] -> [9, 4], 0 parameters
[2, 4] -> Window
[words, 4] -> [words / 3, 4], 0 parameters
[28] -> Rank",
        );
        check_rule(
            r#"MaxPooling1D {"pool_size": [2], "strides": 1, "padding": "same"}"#,
            &["[5, 1]"],
            "[5, 1] -> [5, 1], 0 parameters",
        );
    }
}
