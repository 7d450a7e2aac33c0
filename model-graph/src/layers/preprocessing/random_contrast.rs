//! Images of more or less contrast, by chance.

use crate::argument::{UnitFactor, ValueRange};
use crate::layer::{Layer, Needs, layer};
use crate::layers::rank::images;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Images of more or less contrast while training, each by a number of its own.
    ///
    /// `output = clip((input - mean) * number + mean)` with the mean of each channel of a sample, and a number from `1 - low` to
    /// `1 + high` for each sample; when not training, `output = input`.
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
    ///         RandomContrast(0.2)(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 5, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_contrast/>.
    RandomContrast {
        /// How far the number is from 1, from 0 to 1: `(low, high)`, or one number for `high`, `low` being 0.
        factor: UnitFactor,
        /// The least and the largest value of an image; what becomes less or more is one of them. Default: `[0.0, 255.0]`.
        value_range: ValueRange = ValueRange([0.0, 255.0]),
        ..seed,
        ..data_format,
    }
}

impl Layer for RandomContrast {
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
            r#"RandomContrast {"factor": 0.1}"#,
            &["[4, 5, 3]", "[rows, 5, 3]", "[4, 5]", "i32[4, 5, 3]"],
            "[4, 5, 3] -> [4, 5, 3], 0 parameters
[rows, 5, 3] -> [rows, 5, 3], 0 parameters
[4, 5] -> Rank
i32[4, 5, 3] -> DType",
        );
    }
}
