//! Images turned around their middle by chance.

use crate::argument::{ChannelsLast, FillMode, Number, Sampling, TurnFactor};
use crate::layer::{Layer, Needs, layer};
use crate::layers::rank::require_rank;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Images that are turned around their middle while training, each by an angle of its own.
    ///
    /// `output[y, x] = input[cy + sin(a) (x - cx) + cos(a) (y - cy), cx + cos(a) (x - cx) - sin(a) (y - cy)]`, with the middle
    /// `(cy, cx) = ((height - 1) / 2, (width - 1) / 2)` and `a` of `2 pi` times a number between those of `factor` for each sample: against
    /// the clock where it is positive. When not training, `output = input`.
    ///
    /// # Shapes
    ///
    /// Input `[height, width, channels]`, output `[height, width, channels]`, unchanged.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [4, 5, 3]) -> [4, 5, 3] {
    ///         RandomRotation(0.1, fill_mode = "nearest")(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 5, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_rotation/>.
    RandomRotation {
        /// What the angle is between, in full turns, from -1 to 1: `(low, high)`, or one number for what is between it and the same below 0.
        factor: TurnFactor,
        /// What stands beyond the image's borders: `"reflect"` is `d c b a | a b c d | d c b a`, `"wrap"` is `a b c d | a b c d | a b c d`,
        /// `"nearest"` is `a a a a | a b c d | d d d d`, `"constant"` one value. Default: `"reflect"`.
        fill_mode: FillMode = FillMode::Reflect,
        /// `"nearest"` takes the nearest pixel, `"bilinear"` mixes the four around. Default: `"bilinear"`.
        interpolation: Sampling = Sampling::Bilinear,
        ..seed,
        /// The value beyond the borders where `fill_mode = "constant"`. Default: `0.0`.
        fill_value: Number = Number(0.0),
        /// The order of the axes. Default: `"channels_last"`.
        data_format: ChannelsLast = ChannelsLast,
    }
}

impl Layer for RandomRotation {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_rank::<2>(&inputs[0])?;
        Ok(inputs[0].clone())
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape() {
        check_rule(
            r#"RandomRotation {"factor": 0.1}"#,
            &["[4, 5, 3]", "[rows, 5, 3]", "[4, 5]", "i32[4, 5, 3]"],
            "[4, 5, 3] -> [4, 5, 3], 0 parameters
[rows, 5, 3] -> [rows, 5, 3], 0 parameters
[4, 5] -> Rank
i32[4, 5, 3] -> DType",
        );
    }
}
