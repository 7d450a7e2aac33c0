//! Dropout.

use crate::argument::Rate;
use crate::layer::{Layer, layer};
use crate::layers::dropped;
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
        ..noise_shape_and_seed,
    }
}

impl Layer for Dropout {
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
            r#"Dropout {"rate": 0.5}"#,
            &["[256]", "[words, 3]", "i32[3]"],
            "[256] -> [256], 0 parameters\n[words, 3] -> [words, 3], 0 parameters\ni32[3] -> DType",
        );
    }

    #[test]
    fn choices_are_made_along_axes_that_there_are() {
        check_noise_shapes("Dropout");
    }
}
