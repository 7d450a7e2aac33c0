//! A penalty on what passes.

use crate::argument::{NonNegative, Regularizer};
use crate::layer::{Layer, layer};
use crate::layers::activated::require_floats;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// Gives what it takes, and adds a penalty on it to the loss.
    ///
    /// `loss += (l1 * sum(|input|) + l2 * sum(input^2)) / batch`.
    ///
    /// # Shapes
    ///
    /// Input `[..]`, output the same.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::array;
    ///
    /// functional_model! {
    ///     model Net(x: [2]) -> [2] {
    ///         ActivityRegularization(l1 = 0.1)(x)
    ///     }
    /// }
    ///
    /// let x = array![[1.0_f32, -2.0], [3.0, 4.0]];
    /// let mut model = Net::new(0);
    /// let output = model.predict(&x)?;
    /// assert_eq!(output.shape(), [2, 2]);
    /// let scores = model.compile(SGD::new(0.1), MeanSquaredError::new()).evaluate((&x, &x))?;
    /// assert!((scores.loss() - 0.1 * (1.0 + 2.0 + 3.0 + 4.0) / 2.0).abs() < 1e-6);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/regularization_layers/activity_regularization/>.
    ActivityRegularization {
        /// The factor of the sum of absolute values. Default: `0.0`.
        l1: NonNegative = NonNegative(0.0),
        /// The factor of the sum of squares. Default: `0.0`.
        l2: NonNegative = NonNegative(0.0),
    }
}

impl Layer for ActivityRegularization {
    fn activity(&self) -> Option<Regularizer> {
        Some(Regularizer::L1L2 { l1: self.l1.0, l2: self.l2.0 })
    }

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
            r#"ActivityRegularization {"l1": 0.1}"#,
            &["[256]", "[words, 3]", "i32[3]"],
            "[256] -> [256], 0 parameters\n[words, 3] -> [words, 3], 0 parameters\ni32[3] -> DType",
        );
    }
}
