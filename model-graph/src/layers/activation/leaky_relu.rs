//! The leaky rectified linear unit.

use crate::argument::NonNegative;
use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::require_floats;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// The leaky rectified linear unit, which lets something through below zero.
    ///
    /// `output = input` where `input >= 0`, and `negative_slope * input` below.
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
    ///         LeakyReLU(0.1)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 2, 3)))?;
    /// assert_eq!(output.shape(), [1, 2, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/activation_layers/leaky_relu/>; Maas, Hannun and Ng 2013,
    /// <https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf>.
    LeakyReLU {
        /// The slope below zero. Default: `0.3`.
        negative_slope: NonNegative = NonNegative(0.3),
    }
}

impl LeakyReLU {
    /// Whether the derivative can be computed from the output alone: the output tells on which side of zero the input is.
    #[must_use]
    pub fn derives_from_output(&self) -> bool {
        self.negative_slope.0 > 0.0
    }
}

impl Layer for LeakyReLU {
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
            "LeakyReLU {}",
            &["[2, 3]", "i32[3]"],
            "[2, 3] -> [2, 3], 0 parameters
i32[3] -> DType",
        );
    }
}
