//! Dropout.

use crate::argument::{NoiseShape, Rate};
use crate::layer::{Layer, layer};
use crate::layers::activated::require_floats;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// Sets elements to zero at random while training, so that units do not come to rely on one another.
    ///
    /// `output = 0` with probability `rate`, else `input / (1 - rate)`; when not training, `output = input`.
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
    ///         Dropout(0.5)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 8)))?;
    /// assert_eq!(output.shape(), [1, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/regularization_layers/dropout/>; Srivastava et al. 2014,
    /// <https://jmlr.org/papers/v15/srivastava14a.html>.
    Dropout {
        /// The part of the elements that is dropped, from 0 to less than 1.
        rate: Rate,
        /// Where choices are made, the batch first: along an axis for each place, `None`, or once for all of them, 1. With `(None, 1, 1, 1)` all of a
        /// sample is dropped, or nothing; without it, each element by itself. Default: `None`.
        noise_shape: Option<NoiseShape> = None,
        ..seed,
    }
}

impl Layer for Dropout {
    const DIFFERS_IN_TRAINING: bool = true;

    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        if let Some(noise_shape) = &self.noise_shape {
            noise_shape.check(&inputs[0].shape)?;
        }
        Ok(inputs[0].clone())
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape() {
        check_rule(
            r#"Dropout {"rate": 0.5}"#,
            &["[256]", "[words, 3]", "i32[3]"],
            "[256] -> [256], 0 parameters\n[words, 3] -> [words, 3], 0 parameters\ni32[3] -> DType",
        );
    }

    #[test]
    fn choices_are_made_along_axes_that_there_are() {
        for (noise_shape, fits) in [
            ("[null, 1, null]", true),
            ("[1, null, 3]", true),
            ("[null, 1, 1]", true),
            ("[1, 3]", true),
            ("[3]", true),
            ("[null, 2, 3]", false),
            ("[4, 1, 1]", false),
            ("[null, 3]", false),
            ("[null, 1, 1, 1]", false),
        ] {
            let expected = if fits { "[words, 3], 0 parameters" } else { "NoiseShape" };
            let layer = format!(r#"Dropout {{"rate": 0.5, "noise_shape": {noise_shape}}}"#);
            check_rule(&layer, &["[words, 3]"], &format!("[words, 3] -> {expected}"));
        }
    }
}
