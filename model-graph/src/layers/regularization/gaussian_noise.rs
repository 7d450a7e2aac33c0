//! Normal noise.

use crate::argument::Fraction;
use crate::layer::{Layer, layer};
use crate::layers::activated::require_floats;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// Adds normal noise while training, so that a network does not come to rely on exact inputs.
    ///
    /// `output = input + noise` with noise of mean 0 and standard deviation `stddev`; when not training, `output = input`.
    ///
    /// # Shapes
    ///
    /// Input `[..]`, output `[..]`, unchanged.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [8]) -> [8] {
    ///         GaussianNoise(0.1)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 8)))?;
    /// assert_eq!(output.shape(), [1, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/regularization_layers/gaussian_noise/>.
    GaussianNoise {
        /// The standard deviation of the noise, from 0 to 1.
        stddev: Fraction,
        ..seed,
    }
}

impl Layer for GaussianNoise {
    const DIFFERS_IN_TRAINING: bool = true;

    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        Ok(inputs[0].clone())
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape() {
        check_rule(
            r#"GaussianNoise {"stddev": 0.1}"#,
            &["[256]", "[words, 3]", "i32[3]"],
            "[256] -> [256], 0 parameters\n[words, 3] -> [words, 3], 0 parameters\ni32[3] -> DType",
        );
    }
}
