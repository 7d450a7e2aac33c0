//! Global max pooling along a sequence.

use crate::argument::ChannelsLast;
use crate::layer::{Layer, Needs, layer};
use crate::layers::pool;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// The largest element of each channel along a sequence.
    ///
    /// `output[channel] = max input[.., channel]`.
    ///
    /// # Shapes
    ///
    /// Input `[length, channels]`, output `[channels]`, or `[1, channels]` with `keepdims`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [7, 3]) -> [3] {
    ///         GlobalMaxPooling1D()(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/pooling_layers/global_max_pooling1d/>.
    GlobalMaxPooling1D {
        /// The order of the axes. Default: `"channels_last"`.
        data_format: ChannelsLast = ChannelsLast,
        /// Whether the length is kept, as an axis of size 1. Default: `false`.
        keepdims: bool = false,
    }
}

impl Layer for GlobalMaxPooling1D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        pool::infer_global_sequence(self.keepdims, inputs)
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs { inputs: true, output: true, ..Needs::default() }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_leaves_the_channels() {
        check_rule(
            "GlobalMaxPooling1D {}",
            &["[7, 4]", "[words, 4]", "[7]"],
            "[7, 4] -> [4], 0 parameters
[words, 4] -> [4], 0 parameters
[7] -> Rank",
        );
        check_rule(r#"GlobalMaxPooling1D {"keepdims": true}"#, &["[7, 4]"], "[7, 4] -> [1, 4], 0 parameters");
    }
}
