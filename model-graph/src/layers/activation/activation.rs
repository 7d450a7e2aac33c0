//! An activation function as a layer.

use crate::argument::Activation as Function;
use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::require_floats;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// An activation function as a layer.
    ///
    /// `output = activation(input)`, element by element or, for `softmax` and its like, along the last axis.
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
    ///     model Net(x: [2, 3]) -> [2, 3] {
    ///         Activation("tanh")(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 2, 3)))?;
    /// assert_eq!(output.shape(), [1, 2, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/core_layers/activation/>.
    Activation {
        /// The function.
        activation: Function,
    }
}

impl Layer for Activation {
    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        if self.activation.is_along_axis() && inputs[0].shape.rank() == 0 {
            return Err(Problem::Rank { operand: 0, expected: &[], found: inputs[0].shape.clone() });
        }
        Ok(inputs[0].clone())
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        // The input is what an activation's `saved` would hold: nothing has to be copied.
        let derives_from_output = self.activation.derives_from_output();
        Needs {
            inputs: !derives_from_output,
            output: derives_from_output && self.activation != Function::Linear,
            ..Needs::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape() {
        check_rule(
            r#"Activation {"activation": "softmax"}"#,
            &["[256]", "[words, 3]", "[]"],
            "[256] -> [256], 0 parameters\n[words, 3] -> [words, 3], 0 parameters\n[] -> Rank",
        );
    }
}
