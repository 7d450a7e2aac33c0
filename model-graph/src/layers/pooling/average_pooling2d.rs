//! Average pooling.

use crate::argument::{ChannelsLast, Kernel, Padding};
use crate::layer::{Layer, Needs, layer};
use crate::layers::pool;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};
use crate::window::Window;

layer! {
    /// The mean of each window, channel by channel.
    ///
    /// `output[y, x, channel] = mean input[window at (y, x), channel]`; what lies beyond the border is left out.
    ///
    /// # Shapes
    ///
    /// Input `[height, width, channels]`, output `[height', width', channels]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [6, 7, 3]) -> [3, 3, 3] {
    ///         AveragePooling2D(2)(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 6, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 3, 3, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/pooling_layers/average_pooling2d/>.
    AveragePooling2D {
        /// Height and width of the window.
        pool_size: Kernel,
        /// The step of the window; the window's size where it is `None`. Default: `None`.
        strides: Option<Kernel> = None,
        /// `"valid"` keeps the window inside the image, `"same"` lets it reach over the border. Default: `"valid"`.
        padding: Padding = Padding::Valid,
        /// The order of the axes. Default: `"channels_last"`.
        data_format: ChannelsLast = ChannelsLast,
    }
}

impl AveragePooling2D {
    /// The window along height and width.
    #[must_use]
    pub fn windows(&self) -> [Window; 2] {
        pool::windows(self.pool_size, self.strides, self.padding)
    }
}

impl Layer for AveragePooling2D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        pool::infer(self.windows(), inputs)
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_moves_by_its_own_size() {
        check_rule(
            r#"AveragePooling2D {"pool_size": 3}"#,
            &["[28, 29, 64]", "[2, 29, 64]", "[28]"],
            "[28, 29, 64] -> [9, 9, 64], 0 parameters
[2, 29, 64] -> Window
[28] -> Rank",
        );
        check_rule(
            r#"AveragePooling2D {"pool_size": [2, 3], "strides": 1, "padding": "same"}"#,
            &["[5, 5, 1]"],
            "[5, 5, 1] -> [5, 5, 1], 0 parameters",
        );
    }
}
