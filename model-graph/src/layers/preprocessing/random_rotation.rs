//! Images turned around their middle by chance.

use crate::argument::TurnFactor;
use crate::layer::{Layer, layer};
use crate::layers::rank::images;
use crate::problem::Problem;
use crate::shape::TensorType;

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
        ..laying,
    }
}

impl Layer for RandomRotation {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        images(inputs)
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
