//! Dropout that keeps mean and variance.

use crate::argument::Rate;
use crate::layer::{Layer, layer};
use crate::layers::dropped;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// Sets elements to the saturation of the activation `"selu"` at random while training, so that mean 0 and variance 1 are kept.
    ///
    /// `output = a * s + b` with probability `rate`, else `a * input + b`, with `s = -1.7581`, `a = 1 / sqrt((1 - rate) * (1 + rate * s^2))` and
    /// `b = -a * s * rate`; when not training, `output = input`.
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
    ///         AlphaDropout(0.5)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 8)))?;
    /// assert_eq!(output.shape(), [1, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/regularization_layers/alpha_dropout/>; Klambauer et al. 2017,
    /// <https://arxiv.org/abs/1706.02515>.
    AlphaDropout {
        /// The part of the elements that is set to the saturation, from 0 to less than 1.
        rate: Rate,
        ..noise_shape_and_seed,
    }
}

impl Layer for AlphaDropout {
    const DIFFERS_IN_TRAINING: bool = true;

    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        dropped::infer(inputs, self.noise_shape.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::dropped::check_noise_shapes;
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape() {
        check_rule(
            r#"AlphaDropout {"rate": 0.5}"#,
            &["[256]", "[words, 3]", "i32[3]"],
            "[256] -> [256], 0 parameters\n[words, 3] -> [words, 3], 0 parameters\ni32[3] -> DType",
        );
    }

    #[test]
    fn choices_are_made_along_axes_that_there_are() {
        check_noise_shapes("AlphaDropout");
    }
}
