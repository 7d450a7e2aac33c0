//! Images made lighter or darker by chance.

use crate::argument::{SignedFactor, ValueRange};
use crate::layer::{Layer, Needs, layer};
use crate::layers::rank::images;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Images that are made lighter or darker while training, each by a number of its own.
    ///
    /// `output = clip(input + number * (largest - least))` with a number between those of `factor` for each sample; when not training,
    /// `output = input`.
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
    ///         RandomBrightness(0.2)(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 5, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_brightness/>.
    RandomBrightness {
        /// What the number is between, from -1 to 1: `(low, high)`, or one number for what is between it and the same below 0.
        factor: SignedFactor,
        /// The least and the largest value of an image; what becomes less or more is one of them. Default: `[0.0, 255.0]`.
        value_range: ValueRange = ValueRange([0.0, 255.0]),
        ..seed,
        ..data_format,
    }
}

impl Layer for RandomBrightness {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        images(inputs)
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs { inputs: true, ..Needs::default() }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape() {
        check_rule(
            r#"RandomBrightness {"factor": 0.1}"#,
            &["[4, 5, 3]", "[rows, 5, 3]", "[4, 5]", "i32[4, 5, 3]"],
            "[4, 5, 3] -> [4, 5, 3], 0 parameters
[rows, 5, 3] -> [rows, 5, 3], 0 parameters
[4, 5] -> Rank
i32[4, 5, 3] -> DType",
        );
    }
}
