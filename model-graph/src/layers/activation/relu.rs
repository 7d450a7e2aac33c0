//! The rectified linear unit, with all its parameters.

use crate::argument::NonNegative;
use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::require_floats;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// The rectified linear unit.
    ///
    /// `output = max_value` where `input >= max_value`, `input` where `threshold <= input`, and `negative_slope * (input - threshold)` below.
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
    ///         ReLU(max_value = 6)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 2, 3)))?;
    /// assert_eq!(output.shape(), [1, 2, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/activation_layers/relu/>.
    ReLU {
        /// The largest value of the output; none where it is `None`. Default: `None`.
        max_value: Option<NonNegative> = None,
        /// The slope below the threshold. Default: `0.0`.
        negative_slope: NonNegative = NonNegative(0.0),
        /// Where the function starts to rise. Default: `0.0`.
        threshold: NonNegative = NonNegative(0.0),
    }
}

impl ReLU {
    /// Whether the derivative can be computed from the output alone: the output is above zero exactly where the input is.
    #[must_use]
    pub fn derives_from_output(&self) -> bool {
        self.max_value.is_none() && self.threshold.0 == 0.0
    }
}

impl Layer for ReLU {
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
        check_rule("ReLU {}", &["[2, 3]", "i32[3]"], "[2, 3] -> [2, 3], 0 parameters\ni32[3] -> DType");
    }
}
