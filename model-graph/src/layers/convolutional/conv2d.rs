//! The two-dimensional convolution.

use std::num::NonZeroUsize;

use crate::argument::{Absent, Activation, ChannelsLast, Initializer, Kernel, Padding};
use crate::dim::Dim;
use crate::layer::{Layer, Needs, WeightSpec, layer};
use crate::layers::activated::{known_size, require_image};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};
use crate::window::Window;

layer! {
    /// A convolution over height and width: `activation(input * kernel + bias)`.
    ///
    /// Shapes: `[height, width, channels] -> [height', width', filters]`. Weights: `kernel`
    /// `[kernel height, kernel width, channels / groups, filters]`, `bias` `[filters]`.
    ///
    /// Source: <https://keras.io/api/layers/convolution_layers/convolution2d/>.
    Conv2D {
        /// The number of channels of the output.
        filters: NonZeroUsize,
        /// Height and width of the window.
        kernel_size: Kernel,
        /// The step of the window along height and width.
        strides: Kernel = Kernel([1, 1]),
        /// `"valid"` keeps the window inside the image, `"same"` pads the image with zeros.
        padding: Padding = Padding::Valid,
        /// The order of the axes.
        data_format: ChannelsLast = ChannelsLast,
        /// The distance between the window's taps.
        dilation_rate: Kernel = Kernel([1, 1]),
        /// How many groups the channels are split into, each convolved on its own.
        groups: NonZeroUsize = NonZeroUsize::MIN,
        /// The function applied to the result.
        activation: Activation = Activation::Linear,
        /// Whether a bias is added.
        use_bias: bool = true,
        /// How the kernel starts.
        kernel_initializer: Initializer = Initializer::GLOROT_UNIFORM,
        /// How the bias starts.
        bias_initializer: Initializer = Initializer::Zeros,
        /// Not supported.
        kernel_regularizer: Absent = Absent,
        /// Not supported.
        bias_regularizer: Absent = Absent,
        /// Not supported.
        activity_regularizer: Absent = Absent,
        /// Not supported.
        kernel_constraint: Absent = Absent,
        /// Not supported.
        bias_constraint: Absent = Absent,
    }
}

impl Conv2D {
    /// The window along height and width.
    #[must_use]
    pub fn windows(&self) -> [Window; 2] {
        [("height", 0), ("width", 1)].map(|(axis, i)| Window {
            argument: "kernel_size",
            axis,
            size: self.kernel_size.0[i],
            stride: self.strides.0[i],
            dilation: self.dilation_rate.0[i],
            padding: self.padding,
        })
    }
}

impl Layer for Conv2D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let [height, width, channels] = require_image(&inputs[0])?;
        let (filters, groups) = (self.filters.get(), self.groups.get());
        if self.strides.0 != [1, 1] && self.dilation_rate.0 != [1, 1] {
            return Err(Problem::Exclusive { first: "strides", second: "dilation_rate" });
        }
        for (what, size) in [("channels", known_size(&inputs[0].shape, 2)?), ("filters", filters)] {
            if size % groups != 0 || size == 0 {
                let size = if what == "channels" { channels.clone() } else { Dim::from(filters) };
                return Err(Problem::Groups { what, size, groups });
            }
        }
        let [vertical, horizontal] = self.windows();
        let output = vec![vertical.positions(height)?, horizontal.positions(width)?, Dim::from(filters)];
        Ok(inputs[0].with_shape(Shape(output)))
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let channels = known_size(&inputs[0].shape, 2).unwrap_or(0);
        let [height, width] = self.kernel_size.0;
        let shape = [height, width, channels / self.groups.get(), self.filters.get()];
        let mut weights = vec![WeightSpec::trainable("kernel", shape, self.kernel_initializer)];
        if self.use_bias {
            weights.push(WeightSpec::trainable("bias", [self.filters.get()], self.bias_initializer));
        }
        weights
    }

    fn needs(&self, _inputs: &[Vec<usize>], output: &[usize]) -> Needs {
        Needs { inputs: true, ..self.activation.needs(output.iter().product()) }
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
[rows, 32, 4] -> [floor((rows + 1) / 2), 16, 8], 152 parameters
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
