//! The exponential linear unit.

use crate::argument::Number;
use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::require_floats;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// The exponential linear unit.
    ///
    /// `output = input` where `input > 0`, and `alpha * (e^input - 1)` below.
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
    ///         ELU(0.5)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 2, 3)))?;
    /// assert_eq!(output.shape(), [1, 2, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/activation_layers/elu/>; Clevert et al. 2015,
    /// <https://arxiv.org/abs/1511.07289>.
    ELU {
        /// What the output tends to, with the opposite sign, far below zero. Default: `1.0`.
        alpha: Number = Number(1.0),
    }
}

impl ELU {
    /// Whether the derivative can be computed from the output alone: the output tells on which side of zero the input is.
    #[must_use]
    pub fn derives_from_output(&self) -> bool {
        self.alpha.0 > 0.0
    }
}

impl Layer for ELU {
    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        Ok(inputs[0].clone())
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        let output = self.derives_from_output();
        Needs { inputs: !output, output, ..Needs::default() }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape() {
        check_rule(
            "ELU {}",
            &["[2, 3]", "i32[3]"],
            "[2, 3] -> [2, 3], 0 parameters
i32[3] -> DType",
        );
    }
}
