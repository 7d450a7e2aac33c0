//! The depthwise separable two-dimensional convolution.

use std::num::NonZeroUsize;

use crate::argument::{Absent, Activation, ChannelsLast, Constraint, Initializer, Kernel, Padding, Regularizer, Size};
use crate::dim::Dim;
use crate::layer::{Layer, Needs, Space, WeightSpec, layer};
use crate::layers::activated::{last_size, require_image};
use crate::layers::convolution::{self, known_channels, multiplied};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};
use crate::window::Window;

layer! {
    /// A convolution of each channel on its own, then one across channels, pixel by pixel.
    ///
    /// `output = activation((input * depthwise_kernel) · pointwise_kernel + bias)`, where the first product is that of `DepthwiseConv2D`.
    ///
    /// # Shapes
    ///
    /// Input `[height, width, channels]`, output `[height', width', filters]`, sizes as of a convolution. Weights: `depthwise_kernel`
    /// `[kernel height, kernel width, channels, depth_multiplier]`, `pointwise_kernel` `[1, 1, channels * depth_multiplier, filters]`,
    /// `bias` `[filters]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [6, 7, 3]) -> [6, 7, 8] {
    ///         SeparableConv2D(8, 3, padding = "same")(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 6, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 6, 7, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/convolution_layers/separable_convolution2d/>; Chollet 2016,
    /// <https://arxiv.org/abs/1610.02357>.
    SeparableConv2D {
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
        /// How many channels each channel becomes before they are mixed. Default: `1`.
        depth_multiplier: NonZeroUsize = NonZeroUsize::MIN,
        /// The function applied to the result. Default: `"linear"`.
        activation: Activation = Activation::Linear,
        /// Whether a bias is added. Default: `true`.
        use_bias: bool = true,
        /// How the kernel of the channels starts. Default: `"glorot_uniform"`.
        depthwise_initializer: Initializer = Initializer::GLOROT_UNIFORM,
        /// How the kernel across channels starts. Default: `"glorot_uniform"`.
        pointwise_initializer: Initializer = Initializer::GLOROT_UNIFORM,
        /// How the bias starts. Default: `"zeros"`.
        bias_initializer: Initializer = Initializer::ZEROS,
        /// A penalty on the kernel of the channels, which the loss includes. Default: `None`.
        depthwise_regularizer: Option<Regularizer> = None,
        /// A penalty on the kernel across channels, which the loss includes. Default: `None`.
        pointwise_regularizer: Option<Regularizer> = None,
        /// A penalty on the bias, which the loss includes. Default: `None`.
        bias_regularizer: Option<Regularizer> = None,
        /// Not supported.
        activity_regularizer: Absent = Absent,
        /// What the kernel of the channels is made to be after every step. Default: `None`.
        depthwise_constraint: Option<Constraint> = None,
        /// What the kernel across channels is made to be after every step. Default: `None`.
        pointwise_constraint: Option<Constraint> = None,
        /// What the bias is made to be after every step. Default: `None`.
        bias_constraint: Option<Constraint> = None,
    }
}

impl SeparableConv2D {
    /// The window along height and width.
    #[must_use]
    pub fn windows(&self) -> [Window; 2] {
        convolution::windows(self.kernel_size, self.strides, self.dilation_rate, self.padding)
    }

    /// The elements of a sample between the two convolutions.
    #[must_use]
    pub fn between(&self, input: &[usize], output: &[usize]) -> usize {
        let places = output.iter().rev().skip(1).fold(1, |product: usize, size| product.saturating_mul(*size));
        places.saturating_mul(input.last().copied().unwrap_or(0)).saturating_mul(self.depth_multiplier.get())
    }
}

impl Layer for SeparableConv2D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_image(&inputs[0])?;
        multiplied(&known_channels(&inputs[0])?, self.depth_multiplier.get())?;
        convolution::infer(self.windows(), &self.filters.0, inputs)
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let (multiplier, filters) = (Dim::from(self.depth_multiplier.get()), self.filters.0.clone());
        let depthwise = convolution::kernel(self.kernel_size.0, inputs, 1, &multiplier);
        let between = last_size(inputs).saturating_mul(&multiplier);
        let mut weights = vec![
            WeightSpec::trainable("depthwise_kernel", depthwise, self.depthwise_initializer).kept(self.depthwise_regularizer, self.depthwise_constraint),
            WeightSpec::trainable("pointwise_kernel", [1.into(), 1.into(), between, filters.clone()], self.pointwise_initializer).kept(self.pointwise_regularizer, self.pointwise_constraint),
        ];
        if self.use_bias {
            weights.push(WeightSpec::trainable("bias", [filters], self.bias_initializer).kept(self.bias_regularizer, self.bias_constraint));
        }
        weights
    }

    fn needs(&self, inputs: &[Shape], output: &Shape) -> Needs {
        let channels = inputs[0].0.last().cloned().unwrap_or_default();
        let channels = channels.saturating_mul(&Dim::from(self.depth_multiplier.get()));
        let between = Space::per_sample(output.with(output.rank().saturating_sub(1), channels).count());
        let activation = self.activation.needs(&output.count());
        Needs {
            inputs: true,
            saved: between.and(&activation.saved), // what lies between the convolutions, then what the activation leaves
            forward_scratch: between.clone(),
            backward_scratch: between,
            ..activation
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_has_the_shape_of_a_convolution() {
        check_rule(
            r#"SeparableConv2D {"filters": 8, "kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 2}"#,
            &["[32, 33, 4]", "[32, 32]", "[rows, 32, 4]", "[32, 32, words]"],
            "[32, 33, 4] -> [16, 17, 8], 144 parameters
[32, 32] -> Rank
[rows, 32, 4] -> [(rows + 1) / 2, 16, 8], 144 parameters
[32, 32, words] -> Unknown",
        );
        check_rule(
            r#"SeparableConv2D {"filters": 8, "kernel_size": [5, 3], "use_bias": false}"#,
            &["[5, 3, 2]", "[4, 3, 2]"],
            "[5, 3, 2] -> [1, 1, 8], 46 parameters\n[4, 3, 2] -> Window",
        );
    }
}
