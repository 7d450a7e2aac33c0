//! The softmax along an axis.

use crate::argument::Axis;
use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::{require_floats, resolve_axis};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// `e^x` over its sum along an axis.
    ///
    /// Shapes: `[..] -> [..]`, unchanged.
    ///
    /// Source: <https://keras.io/api/layers/activation_layers/softmax/>.
    Softmax {
        /// The axis along which the result sums to 1; the batch is axis 0.
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
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        self.sample_axis(&inputs[0].shape)?;
        Ok(inputs[0].clone())
    }

    fn needs(&self, _inputs: &[Vec<usize>], _output: &[usize]) -> Needs {
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
