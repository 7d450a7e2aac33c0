//! Division by the root mean square.

use crate::argument::{Axes, Epsilon, Initializer, ListedAxes};
use crate::layer::{Layer, Needs, WeightSpec, layer};
use crate::layers::activated::{require_floats, resolve_axes};
use crate::layers::normalized;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Divides each sample by its root mean square along the last axis or axes, then scales it.
    ///
    /// `output = scale * input / sqrt(mean(input^2) + epsilon)`, with the mean along the axes.
    ///
    /// # Shapes
    ///
    /// Input `[..]`, output `[..]`, unchanged. Weights: `scale`, of the axes' sizes.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [7, 4]) -> [7, 4] {
    ///         RMSNormalization()(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 7, 4)))?;
    /// assert_eq!(output.shape(), [1, 7, 4]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/normalization_layers/rms_normalization/>; Zhang and Sennrich 2019,
    /// <https://arxiv.org/abs/1910.07467>.
    RMSNormalization {
        /// The axis or the list of axes that is normalised along; they must be the last ones, as Keras lays `scale` along those. Default: `-1`.
        axis: ListedAxes = ListedAxes(Axes(vec![-1])),
        /// Added to the mean of the squares. Default: `1e-6`.
        epsilon: Epsilon = Epsilon(1e-6),
    }
}

impl Layer for RMSNormalization {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        let (axes, shape) = (&self.axis.0, &inputs[0].shape);
        let resolved = resolve_axes("axis", &axes.0, shape)?;
        if let Some(behind) = normalized::axis_behind(&resolved, shape) {
            return Err(Problem::InnerAxes { argument: "axis", behind, shape: shape.clone() });
        }
        normalized::sizes(axes, shape)?;
        Ok(inputs[0].clone())
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let sizes = normalized::sizes(&self.axis.0, &inputs[0].shape).unwrap_or_default();
        vec![WeightSpec::trainable("scale", sizes, Initializer::ONES)]
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        normalized::needs(&self.axis.0, &inputs[0])
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape_and_has_a_weight_an_element_of_the_last_axes() {
        check_rule(
            "RMSNormalization {}",
            &["[8, 8, 3]", "[words, 3]", "[words]", "[]"],
            "[8, 8, 3] -> [8, 8, 3], 3 parameters
[words, 3] -> [words, 3], 3 parameters
[words] -> Unknown
[] -> BatchAxis",
        );
        check_rule(
            r#"RMSNormalization {"axis": [2, 3]}"#,
            &["[8, 2, 3]", "[8, 2, 3, 4]", "[words, 2, 3]"],
            "[8, 2, 3] -> [8, 2, 3], 6 parameters
[8, 2, 3, 4] -> InnerAxes
[words, 2, 3] -> [words, 2, 3], 6 parameters",
        );
    }
}
