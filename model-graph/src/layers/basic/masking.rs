//! Passing over steps that are all one value.

use crate::argument::Number;
use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::require_floats;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// A mask over the steps of a sequence whose features all are one value: layers behind it pass over them.
    ///
    /// What is passed over becomes 0, as in Keras.
    ///
    /// # Shapes
    ///
    /// Input `[.., features]`, output the same; the mask is `[..]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::array;
    ///
    /// functional_model! {
    ///     model Net(x: [3, 2]) -> [3, 2] {
    ///         Masking(-1.0)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&array![[[1.0_f32, -1.0], [-1.0, -1.0], [2.0, 3.0]]])?;
    /// assert_eq!(output.shape(), [1, 3, 2]);
    /// assert_eq!(output, array![[[1.0, -1.0], [0.0, 0.0], [2.0, 3.0]]].into_dyn());
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/core_layers/masking/>.
    Masking {
        /// The value of all features of a step that is passed over. Default: `0.0`.
        mask_value: Number = Number(0.0),
    }
}

impl Layer for Masking {
    fn mask_use(&self) -> MaskUse {
        MaskUse::AnyDiffers(self.mask_value.0)
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        match inputs[0].shape.rank() {
            0 => Err(Problem::Rank { operand: 0, expected: &[], found: inputs[0].shape.clone() }),
            _ => Ok(inputs[0].clone()),
        }
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
            r#"Masking {}"#,
            &["[4, 3]", "[3]", "[]"],
            "[4, 3] -> [4, 3], 0 parameters\n[3] -> [3], 0 parameters\n[] -> Rank",
        );
    }
}
