//! The softmax along an axis.

use crate::argument::Axis;
use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::{require_floats, resolve_axis};
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Numbers that are positive and sum to 1 along an axis.
    ///
    /// `output = e^input / sum(e^input)`, with the sum along the axis.
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
    ///         Softmax()(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 2, 3)))?;
    /// assert_eq!(output.shape(), [1, 2, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/activation_layers/softmax/>.
    Softmax {
        /// The axis along which the result sums to 1; the batch is axis 0. Default: `-1`.
        axis: Axis = Axis(-1),
    }
}

impl Softmax {
    /// The axis in the sample's shape.
    ///
    /// # Errors
    /// If there is no such axis, or it is the batch's.
    pub fn sample_axis(&self, shape: &Shape) -> Result<usize, Problem> {
        resolve_axis("axis", self.axis.0, shape)
    }
}

impl Layer for Softmax {
    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        self.sample_axis(&inputs[0].shape)?;
        Ok(inputs[0].clone())
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs { output: true, ..Needs::default() }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape() {
        check_rule(r#"Softmax {"axis": 1}"#, &["[2, 3]", "[]"], "[2, 3] -> [2, 3], 0 parameters\n[] -> Axis");
    }
}
