//! The transposed two-dimensional convolution.

use crate::argument::{Absent, Activation, ChannelsLast, Constraint, Ends, Initializer, Kernel, Padding, Regularizer, Size};
use crate::layer::{Layer, Needs, WeightSpec, layer};
use crate::layers::activated::{last_size, require_image};
use crate::layers::convolution;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};
use crate::window::Window;

layer! {
    /// A transposed convolution over height and width: what leads back from a convolution's output to its input.
    ///
    /// `output = activation(z + bias)`, where every pixel of the input adds the kernel, times its channels, to the window of `z` that it
    /// stands for: it is a convolution's derivative by its input.
    ///
    /// # Shapes
    ///
    /// Input `[height, width, channels]`, output `[height', width', filters]`. With padding `"same"`, `height' = height * stride`; with
    /// `"valid"`, `height' = (height - 1) * stride + max(kernel, stride)`. An `output_padding` takes the place of what these leave open:
    /// `(height - 1) * stride + kernel % 2 + output_padding` and `(height - 1) * stride + kernel + output_padding`. A kernel with dilation
    /// counts as `(kernel - 1) * dilation + 1`. Weights: `kernel` `[kernel height, kernel width, filters, channels]`, `bias` `[filters]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [4, 5, 3]) -> [8, 10, 8] {
    ///         Conv2DTranspose(8, 3, strides = 2, padding = "same")(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 8, 10, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/convolution_layers/convolution2d_transpose/>; Dumoulin and Visin 2016,
    /// <https://arxiv.org/abs/1603.07285>.
    Conv2DTranspose {
        /// The number of channels of the output.
        filters: Size,
        /// Height and width of the window.
        kernel_size: Kernel,
        /// The step from a pixel's window to the next along height and width. Default: `1`.
        strides: Kernel = Kernel([1, 1]),
        /// `"valid"` keeps all of every window, `"same"` makes the output `strides` times as large as the input. Default: `"valid"`.
        padding: Padding = Padding::Valid,
        /// How many rows below and columns to the right the output has more; less than the strides. Default: `None`.
        output_padding: Option<Ends> = None,
        /// The order of the axes. Default: `"channels_last"`.
        data_format: ChannelsLast = ChannelsLast,
        /// The distance between the window's taps. Default: `1`.
        dilation_rate: Kernel = Kernel([1, 1]),
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

impl Conv2DTranspose {
    /// The window along height and width.
    #[must_use]
    pub fn windows(&self) -> [Window; 2] {
        convolution::windows(self.kernel_size, self.strides, self.dilation_rate, self.padding)
    }

    /// How much longer the output is along height and width, where that was given.
    #[must_use]
    pub fn output_paddings(&self) -> [Option<usize>; 2] {
        [0, 1].map(|axis| self.output_padding.map(|padding| padding.0[axis]))
    }
}

impl Layer for Conv2DTranspose {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let [height, width, _] = require_image(&inputs[0])?;
        convolution::known_channels(&inputs[0])?;
        let windows = self.windows();
        convolution::require_one_of_strides_and_dilation(&windows)?;
        for (window, padding) in windows.iter().zip(self.output_paddings()) {
            if let Some(padding) = padding.filter(|&padding| padding >= window.stride) {
                return Err(Problem::OutputPadding { axis: window.axis, padding, stride: window.stride });
            }
        }
        let ([vertical, horizontal], [below, right]) = (windows, self.output_paddings());
        let output = vec![vertical.spread(height, below)?, horizontal.spread(width, right)?, self.filters.0.clone()];
        Ok(inputs[0].with_shape(Shape(output)))
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let [height, width] = self.kernel_size.0;
        let shape = [height.into(), width.into(), self.filters.0.clone(), last_size(inputs)];
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
    fn same_padding_multiplies_by_the_strides() {
        check_rule(
            r#"Conv2DTranspose {"filters": 8, "kernel_size": 3, "strides": 2, "padding": "same"}"#,
            &["[4, 5, 3]", "[rows, 5, 3]", "[4, 5]", "[4, 5, words]"],
            "[4, 5, 3] -> [8, 10, 8], 224 parameters
[rows, 5, 3] -> [2 * rows, 10, 8], 224 parameters
[4, 5] -> Rank
[4, 5, words] -> Unknown",
        );
    }

    #[test]
    fn whole_windows_are_kept_without_padding() {
        check_rule(
            r#"Conv2DTranspose {"filters": 2, "kernel_size": [3, 1], "strides": 2}"#,
            &["[4, 5, 3]", "[rows, 5, 3]"],
            "[4, 5, 3] -> [9, 10, 2], 20 parameters\n[rows, 5, 3] -> [2 * rows + 1, 10, 2], 20 parameters",
        );
        check_rule(
            r#"Conv2DTranspose {"filters": 2, "kernel_size": 3, "dilation_rate": 2}"#,
            &["[4, 5, 3]"],
            "[4, 5, 3] -> [8, 9, 2], 56 parameters",
        );
    }

    #[test]
    fn output_padding_takes_the_place_of_what_is_open() {
        check_rule(
            r#"Conv2DTranspose {"filters": 2, "kernel_size": 4, "strides": 3, "padding": "same", "output_padding": [0, 2]}"#,
            &["[4, 5, 3]", "[1, 5, 3]"],
            "[4, 5, 3] -> [9, 14, 2], 98 parameters\n[1, 5, 3] -> Window",
        );
        check_rule(
            r#"Conv2DTranspose {"filters": 2, "kernel_size": 3, "strides": 2, "output_padding": 1}"#,
            &["[4, 5, 3]"],
            "[4, 5, 3] -> [10, 12, 2], 56 parameters",
        );
        check_rule(
            r#"Conv2DTranspose {"filters": 2, "kernel_size": 3, "output_padding": 1}"#,
            &["[4, 5, 3]"],
            "[4, 5, 3] -> OutputPadding",
        );
    }
}
