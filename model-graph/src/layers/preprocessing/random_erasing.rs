//! Patches of images erased by chance.

use crate::argument::{PerChannel, UnitFactor, ValueRange};
use crate::layer::{Layer, layer};
use crate::layers::rank::{images, require_channels};
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// Images of which some lose a patch while training, each at a place of its own.
    ///
    /// For each sample a probability between those of `factor` says whether it has a patch. Its height is `sqrt(s) * height`, its width
    /// `sqrt(t) * width`, with `s` and `t` between the numbers of `scale`; it lies anywhere in the image, and is filled with `fill_value` or
    /// noise. When not training, `output = input`.
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
    ///         RandomErasing(0.5, fill_value = 127.0)(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 5, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_erasing/>.
    RandomErasing {
        /// What the probability is between, from 0 to 1: `(low, high)`, or one number for what is between 0 and it. `(1.0, 1.0)` erases a
        /// patch of every image. Default: `[0.0, 1.0]`.
        factor: UnitFactor = UnitFactor([0.0, 1.0]),
        /// What `s` and `t` are between, from 0 to 1, likewise. Default: `[0.02, 0.33]`.
        scale: UnitFactor = UnitFactor([0.02, 0.33]),
        /// What a patch is filled with: a number, or a list of one for each channel; `None` is normal noise of mean 0 whose deviation is the
        /// largest value of `value_range`. Default: `None`.
        fill_value: Option<PerChannel> = None,
        /// The least and the largest value of an image; a filling that is less or more becomes one of them. Default: `[0.0, 255.0]`.
        value_range: ValueRange = ValueRange([0.0, 255.0]),
        ..seed,
        ..data_format,
    }
}

impl Layer for RandomErasing {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let images = images(inputs)?;
        if let Some(filling) = &self.fill_value {
            require_channels("fill_value", filling, &inputs[0].shape)?;
        }
        Ok(images)
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape() {
        check_rule(
            r#"RandomErasing {}"#,
            &["[4, 5, 3]", "[rows, 5, 3]", "[4, 5]", "i32[4, 5, 3]"],
            "[4, 5, 3] -> [4, 5, 3], 0 parameters
[rows, 5, 3] -> [rows, 5, 3], 0 parameters
[4, 5] -> Rank
i32[4, 5, 3] -> DType",
        );
    }

    #[test]
    fn a_number_for_each_channel_asks_for_as_many() {
        check_rule(
            r#"RandomErasing {"fill_value": [1, 2, 3]}"#,
            &["[4, 5, 3]", "[4, 5, 1]"],
            "[4, 5, 3] -> [4, 5, 3], 0 parameters
[4, 5, 1] -> Channels",
        );
    }
}
