//! Images moved by chance.

use crate::argument::{ChannelsLast, FillMode, Number, Sampling, SignedFactor};
use crate::layer::{Layer, Needs, layer};
use crate::layers::rank::require_rank;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Images that are moved while training, each by numbers of its own.
    ///
    /// `output[y, x] = input[y - down * height, x - right * width]`, with `down` between the numbers of `height_factor` and `right` between
    /// those of `width_factor` for each sample; when not training, `output = input`.
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
    ///         RandomTranslation(0.2, (-0.1, 0.3))(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 5, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_translation/>.
    RandomTranslation {
        /// How far down, in heights of the image, from -1 to 1: `(low, high)`, or one number for what is between it and the same below 0,
        /// which is up.
        height_factor: SignedFactor,
        /// How far to the right, in widths of the image, likewise; below 0 is to the left.
        width_factor: SignedFactor,
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

impl Layer for RandomTranslation {
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
            r#"RandomTranslation {"height_factor": 0.1, "width_factor": 0.2}"#,
            &["[4, 5, 3]", "[rows, 5, 3]", "[4, 5]", "i32[4, 5, 3]"],
            "[4, 5, 3] -> [4, 5, 3], 0 parameters
[rows, 5, 3] -> [rows, 5, 3], 0 parameters
[4, 5] -> Rank
i32[4, 5, 3] -> DType",
        );
    }
}
