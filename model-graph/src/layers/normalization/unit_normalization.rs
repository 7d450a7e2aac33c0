//! Division by the length.

use crate::argument::Axes;
use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::{require_floats, resolve_axes};
use crate::layers::normalized;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Divides each sample by its length along one or more axes, so that it has length 1.
    ///
    /// `output = input / max(sqrt(sum(input^2)), 1e-12)`, with the sum along the axes.
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
    ///     model Net(x: [7, 4]) -> [7, 4] {
    ///         UnitNormalization()(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 7, 4)))?;
    /// assert_eq!(output.shape(), [1, 7, 4]);
    /// assert_eq!(output[[0, 0, 0]], 0.5);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/normalization_layers/unit_normalization/>.
    UnitNormalization {
        /// The axis or the list of axes that the length is measured along; the batch is axis 0. Default: `-1`.
        axis: Axes = Axes(vec![-1]),
    }
}

impl Layer for UnitNormalization {
    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        resolve_axes("axis", &self.axis.0, &inputs[0].shape)?;
        Ok(inputs[0].clone())
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        normalized::needs(&self.axis, &inputs[0])
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape() {
        check_rule(
            "UnitNormalization {}",
            &["[8, 3]", "[words]", "[]", "i32[3]"],
            "[8, 3] -> [8, 3], 0 parameters
[words] -> [words], 0 parameters
[] -> BatchAxis
i32[3] -> DType",
        );
        check_rule(
            r#"UnitNormalization {"axis": [1, 2]}"#,
            &["[8, 3]", "[8]"],
            "[8, 3] -> [8, 3], 0 parameters
[8] -> Axis",
        );
    }
}
