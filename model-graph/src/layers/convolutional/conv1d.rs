//! The one-dimensional convolution.

use std::num::NonZeroUsize;

use crate::argument::{Absent, Activation, ChannelsLast, Constraint, Initializer, Length, Padding, Regularizer, SequencePadding, Size};
use crate::layer::{Layer, Needs, WeightSpec, layer};
use crate::layers::activated::{SEQUENCE, require_axes};
use crate::layers::convolution;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};
use crate::window::Window;

layer! {
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
    Conv1D {
        /// The number of channels of the output.
        filters: Size,
        /// The length of the window.
        kernel_size: Length,
        /// The step of the window. Default: `1`.
        strides: Length = Length(1),
        /// `"valid"` keeps the window inside the sequence, `"same"` pads both ends with zeros, `"causal"` the beginning only, so that
        /// no output depends on what comes later. Default: `"valid"`.
        padding: SequencePadding = SequencePadding(Padding::Valid),
        /// The order of the axes. Default: `"channels_last"`.
        data_format: ChannelsLast = ChannelsLast,
        /// The distance between the window's taps. Default: `1`.
        dilation_rate: Length = Length(1),
        /// How many groups the channels are split into, each convolved on its own. Default: `1`.
        groups: NonZeroUsize = NonZeroUsize::MIN,
        /// The function applied to the result. Default: `"linear"`.
        activation: Activation = Activation::Linear,
        /// Whether a bias is added. Default: `true`.
        use_bias: bool = true,
        /// How the kernel starts. Default: `"glorot_uniform"`.
        kernel_initializer: Initializer = Initializer::GLOROT_UNIFORM,
        /// How the bias starts. Default: `"zeros"`.
        bias_initializer: Initializer = Initializer::ZEROS,
        /// A penalty on the kernel, which the loss includes. Default: `None`.
        kernel_regularizer: Option<Regularizer> = None,
        /// A penalty on the bias, which the loss includes. Default: `None`.
        bias_regularizer: Option<Regularizer> = None,
        /// Not supported.
        activity_regularizer: Absent = Absent,
        /// What the kernel is made to be after every step. Default: `None`.
        kernel_constraint: Option<Constraint> = None,
        /// What the bias is made to be after every step. Default: `None`.
        bias_constraint: Option<Constraint> = None,
    }
}

impl Conv1D {
    /// The window over an image of one row.
    #[must_use]
    pub fn windows(&self) -> [Window; 2] {
        convolution::sequence_windows(self.kernel_size, self.strides, self.dilation_rate, self.padding.0)
    }
}

impl Layer for Conv1D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_axes(&inputs[0], SEQUENCE)?;
        convolution::require_one_of_strides_and_dilation(&self.windows())?;
        convolution::require_groups(self.groups.get(), &self.filters.0, &inputs[0])?;
        convolution::infer_sequence(self.windows(), &self.filters.0, inputs)
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let shape = convolution::kernel([self.kernel_size.0], inputs, self.groups.get(), &self.filters.0);
        let mut weights = vec![WeightSpec::trainable("kernel", shape, self.kernel_initializer).kept(self.kernel_regularizer, self.kernel_constraint)];
        if self.use_bias {
            weights.push(WeightSpec::trainable("bias", [self.filters.0.clone()], self.bias_initializer).kept(self.bias_regularizer, self.bias_constraint));
        }
        weights
    }

    fn needs(&self, _inputs: &[Shape], output: &Shape) -> Needs {
        Needs { inputs: true, ..self.activation.needs(&output.count()) }
    }
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
