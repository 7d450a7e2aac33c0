//! The two-dimensional convolution.

use std::num::NonZeroUsize;

use crate::argument::{Absent, Activation, ChannelsLast, Constraint, Initializer, Kernel, Padding, Regularizer, Size};
use crate::layer::{Layer, Needs, WeightSpec, layer};
use crate::layers::activated::require_image;
use crate::layers::convolution;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};
use crate::window::Window;

layer! {
    /// A convolution over height and width.
    ///
    /// `output = activation(input * kernel + bias)`, where the window `kernel` moves over the image.
    ///
    /// # Shapes
    ///
    /// Input `[height, width, channels]`, output `[height', width', filters]`: with padding `"valid"`,
    /// `height' = floor((height - extent) / stride) + 1` with `extent = (kernel - 1) * dilation + 1`; with `"same"`, `ceil(height / stride)`.
    /// Weights: `kernel` `[kernel height, kernel width, channels / groups, filters]`, `bias` `[filters]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [6, 7, 3]) -> [3, 4, 8] {
    ///         Conv2D(8, 3, strides = 2, padding = "same")(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 6, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 3, 4, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/convolution_layers/convolution2d/>.
    Conv2D {
        /// The number of channels of the output.
        filters: Size,
        /// Height and width of the window.
        kernel_size: Kernel,
        /// The step of the window along height and width. Default: `1`.
        strides: Kernel = Kernel([1, 1]),
        /// `"valid"` keeps the window inside the image, `"same"` pads the image with zeros. Default: `"valid"`.
        padding: Padding = Padding::Valid,
        /// The order of the axes. Default: `"channels_last"`.
        data_format: ChannelsLast = ChannelsLast,
        /// The distance between the window's taps. Default: `1`.
        dilation_rate: Kernel = Kernel([1, 1]),
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

impl Conv2D {
    /// The window along height and width.
    #[must_use]
    pub fn windows(&self) -> [Window; 2] {
        convolution::windows(self.kernel_size, self.strides, self.dilation_rate, self.padding)
    }
}

impl Layer for Conv2D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_image(&inputs[0])?;
        convolution::require_one_of_strides_and_dilation(&self.windows())?;
        convolution::require_groups(self.groups.get(), &self.filters.0, &inputs[0])?;
        convolution::infer(self.windows(), &self.filters.0, inputs)
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let shape = convolution::kernel(self.kernel_size.0, inputs, self.groups.get(), &self.filters.0);
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
    fn it_slides_a_window_over_height_and_width() {
        check_rule(
            r#"Conv2D {"filters": 8, "kernel_size": 3, "strides": 2, "padding": "same", "groups": 2}"#,
            &["[32, 33, 4]", "[32, 32, 3]", "[32, 32]", "[rows, 32, 4]", "[32, 32, words]"],
            "[32, 33, 4] -> [16, 17, 8], 152 parameters
[32, 32, 3] -> Groups
[32, 32] -> Rank
[rows, 32, 4] -> [(rows + 1) / 2, 16, 8], 152 parameters
[32, 32, words] -> Unknown",
        );
        check_rule(
            r#"Conv2D {"filters": 8, "kernel_size": [5, 3], "use_bias": false}"#,
            &["[5, 3, 1]", "[4, 3, 1]", "[rows, 3, 1]"],
            "[5, 3, 1] -> [1, 1, 8], 120 parameters
[4, 3, 1] -> Window
[rows, 3, 1] -> [rows - 4, 1, 8], 120 parameters",
        );
        check_rule(
            r#"Conv2D {"filters": 8, "kernel_size": 3, "strides": 2, "dilation_rate": 2}"#,
            &["[9, 9, 1]"],
            "[9, 9, 1] -> Exclusive",
        );
    }
}
