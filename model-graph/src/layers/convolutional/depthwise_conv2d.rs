//! The depthwise two-dimensional convolution.

use std::num::NonZeroUsize;

use crate::argument::{Absent, Activation, ChannelsLast, Constraint, Initializer, Kernel, Padding, Regularizer};
use crate::dim::Dim;
use crate::layer::{Layer, Needs, WeightSpec, layer};
use crate::layers::activated::{last_size, require_image};
use crate::layers::convolution::{self, known_channels, multiplied};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};
use crate::window::Window;

layer! {
    /// A convolution over height and width of each channel on its own.
    ///
    /// `output[.., c * multiplier + m] = activation(input[.., c] * kernel[.., c, m] + bias[c * multiplier + m])`.
    ///
    /// # Shapes
    ///
    /// Input `[height, width, channels]`, output `[height', width', channels * depth_multiplier]`, sizes as of a convolution. Weights:
    /// `kernel` `[kernel height, kernel width, channels, depth_multiplier]`, `bias` `[channels * depth_multiplier]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [6, 7, 3]) -> [4, 5, 6] {
    ///         DepthwiseConv2D(3, depth_multiplier = 2, activation = "relu")(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 6, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 5, 6]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/>.
    DepthwiseConv2D {
        /// Height and width of the window.
        kernel_size: Kernel,
        /// The step of the window along height and width. Default: `1`.
        strides: Kernel = Kernel([1, 1]),
        /// `"valid"` keeps the window inside the image, `"same"` pads the image with zeros. Default: `"valid"`.
        padding: Padding = Padding::Valid,
        /// How many channels each channel becomes. Default: `1`.
        depth_multiplier: NonZeroUsize = NonZeroUsize::MIN,
        /// The order of the axes. Default: `"channels_last"`.
        data_format: ChannelsLast = ChannelsLast,
        /// The distance between the window's taps. Default: `1`.
        dilation_rate: Kernel = Kernel([1, 1]),
        /// The function applied to the result. Default: `"linear"`.
        activation: Activation = Activation::Linear,
        /// Whether a bias is added. Default: `true`.
        use_bias: bool = true,
        /// How the kernel starts. Default: `"glorot_uniform"`.
        depthwise_initializer: Initializer = Initializer::GLOROT_UNIFORM,
        /// How the bias starts. Default: `"zeros"`.
        bias_initializer: Initializer = Initializer::ZEROS,
        /// A penalty on the kernel, which the loss includes. Default: `None`.
        depthwise_regularizer: Option<Regularizer> = None,
        /// A penalty on the bias, which the loss includes. Default: `None`.
        bias_regularizer: Option<Regularizer> = None,
        /// Not supported.
        activity_regularizer: Absent = Absent,
        /// What the kernel is made to be after every step. Default: `None`.
        depthwise_constraint: Option<Constraint> = None,
        /// What the bias is made to be after every step. Default: `None`.
        bias_constraint: Option<Constraint> = None,
    }
}

impl DepthwiseConv2D {
    /// The window along height and width.
    #[must_use]
    pub fn windows(&self) -> [Window; 2] {
        convolution::windows(self.kernel_size, self.strides, self.dilation_rate, self.padding)
    }
}

impl Layer for DepthwiseConv2D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_image(&inputs[0])?;
        let filters = multiplied(&known_channels(&inputs[0])?, self.depth_multiplier.get())?;
        convolution::infer(self.windows(), &filters, inputs)
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let multiplier = Dim::from(self.depth_multiplier.get());
        let filters = last_size(inputs).saturating_mul(&multiplier);
        let kernel = convolution::kernel(self.kernel_size.0, inputs, 1, &multiplier);
        let mut weights = vec![WeightSpec::trainable("kernel", kernel, self.depthwise_initializer).kept(self.depthwise_regularizer, self.depthwise_constraint)];
        if self.use_bias {
            weights.push(WeightSpec::trainable("bias", [filters], self.bias_initializer).kept(self.bias_regularizer, self.bias_constraint));
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
    fn it_multiplies_the_channels() {
        check_rule(
            r#"DepthwiseConv2D {"kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 2}"#,
            &["[32, 33, 4]", "[32, 32]", "[rows, 32, 4]", "[32, 32, words]"],
            "[32, 33, 4] -> [16, 17, 8], 80 parameters
[32, 32] -> Rank
[rows, 32, 4] -> [(rows + 1) / 2, 16, 8], 80 parameters
[32, 32, words] -> Unknown",
        );
        check_rule(
            r#"DepthwiseConv2D {"kernel_size": [5, 3], "use_bias": false}"#,
            &["[5, 3, 2]", "[4, 3, 2]"],
            "[5, 3, 2] -> [1, 1, 2], 30 parameters\n[4, 3, 2] -> Window",
        );
    }
}
