//! The densely connected layer.

use crate::argument::Size;
use crate::layer::{Layer, Needs, WeightSpec, layer};
use crate::layers::activated::{known_size, last_size, require_floats};
use crate::layers::arguments::{activity, care};
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// A densely connected layer, along the last axis.
    ///
    /// `output = activation(input · kernel + bias)`.
    ///
    /// # Shapes
    ///
    /// Input `[.., features]`, output `[.., units]`. Weights: `kernel` `[features, units]`, `bias` `[units]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [3, 5]) -> [3, 4] {
    ///         Dense(4, activation = "relu")(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 3, 5)))?;
    /// assert_eq!(output.shape(), [1, 3, 4]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/core_layers/dense/>.
    Dense {
        /// The size of the output's last axis.
        units: Size,
        ..activation_and_bias,
        ..kernel_and_bias,
    }
}

impl Layer for Dense {
    activity!();

    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        let shape = &inputs[0].shape;
        let Some(last) = shape.rank().checked_sub(1) else {
            return Err(Problem::Rank { operand: 0, expected: &[], found: shape.clone() });
        };
        known_size(shape, last)?;
        Ok(inputs[0].with_shape(shape.with(last, self.units.0.clone())))
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let units = self.units.0.clone();
        let kernel = WeightSpec::cared_for("kernel", [last_size(inputs), units.clone()], care!(self.kernel));
        let bias = self.use_bias.then(|| WeightSpec::cared_for("bias", [units], care!(self.bias)));
        std::iter::once(kernel).chain(bias).collect()
    }

    fn needs(&self, _inputs: &[Shape], output: &Shape) -> Needs {
        Needs { inputs: true, ..self.activation.needs(&output.count()) }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_replaces_the_last_axis() {
        check_rule(r#"Dense {"units": 5}"#, &["[4]", "[7, 4]", "[]", "i32[4]", "[words, 4]", "[4, words]"], expect_test());
    }

    fn expect_test() -> &'static str {
        "[4] -> [5], 25 parameters
[7, 4] -> [7, 5], 25 parameters
[] -> Rank
i32[4] -> DType
[words, 4] -> [words, 5], 25 parameters
[4, words] -> Unknown"
    }
}
