//! The input itself.

use crate::layer::{Layer, layer};
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// Gives what it takes: a place for a layer, or a name for a tensor.
    ///
    /// `output = input`.
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
    ///         Identity()(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 8)))?;
    /// assert_eq!(output.shape(), [1, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/core_layers/identity/>.
    Identity {
    }
}

impl Layer for Identity {
    const IS_VIEW: bool = true;

    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        Ok(inputs[0].clone())
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_type() {
        check_rule(
            "Identity {}",
            &["[2, 3]", "[]", "[words]", "i32[3]"],
            "[2, 3] -> [2, 3], 0 parameters
[] -> [], 0 parameters
[words] -> [words], 0 parameters
i32[3] -> i32[3], 0 parameters",
        );
    }
}
