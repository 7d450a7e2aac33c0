//! A larger image.

use crate::argument::{Interpolation, Kernel};
use crate::layer::{Layer, Needs, layer};
use crate::layers::rank::enlarge;
use crate::layers::resize::resized;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// An image made larger by whole factors.
    ///
    /// `output[y, x] = input[floor(y / height factor), floor(x / width factor)]` with `"nearest"`. With the others, a mean of the
    /// pixels around `((y + 1/2) / height factor - 1/2, (x + 1/2) / width factor - 1/2)`, weighted by their distances along each axis.
    ///
    /// # Shapes
    ///
    /// Input `[height, width, channels]`, output `[height factor * height, width factor * width, channels]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [4, 5, 3]) -> [8, 15, 3] {
    ///         UpSampling2D((2, 3), interpolation = "bilinear")(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 8, 15, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/reshaping_layers/up_sampling2d/>.
    UpSampling2D {
        /// How many times higher and wider. Default: `2`.
        size: Kernel<2> = Kernel([2, 2]),
        ..data_format,
        /// `"nearest"` repeats pixels, `"bilinear"` mixes neighbours; `"bicubic"`, `"lanczos3"` and `"lanczos5"` reach further, for sharper
        /// edges. Default: `"nearest"`.
        interpolation: Interpolation = Interpolation::Nearest,
    }
}

impl Layer for UpSampling2D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        enlarge(self.size.0, &inputs[0])
    }

    fn needs(&self, inputs: &[Shape], output: &Shape) -> Needs {
        match self.interpolation {
            Interpolation::Nearest => Needs::default(),
            interpolation => resized(interpolation, &inputs[0], &inputs[0], output),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_multiplies_height_and_width() {
        check_rule(
            r#"UpSampling2D {"size": [2, 3]}"#,
            &["[4, 5, 3]", "[rows, 5, 3]", "[4, 5]"],
            "[4, 5, 3] -> [8, 15, 3], 0 parameters
[rows, 5, 3] -> [2 * rows, 15, 3], 0 parameters
[4, 5] -> Rank",
        );
    }
}
