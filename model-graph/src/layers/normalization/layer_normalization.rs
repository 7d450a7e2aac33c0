//! Layer normalisation.

use crate::argument::{Axes, Constraint, Epsilon, Initializer, ListedAxes, Off, Regularizer};
use crate::layer::{Layer, Needs, WeightSpec, layer};
use crate::layers::activated::require_floats;
use crate::layers::normalized;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Normalises each sample along one or more axes to mean 0 and variance 1, then scales and shifts it.
    ///
    /// `output = gamma * (input - mean) / sqrt(variance + epsilon) + beta`, with mean and variance along the axes.
    ///
    /// # Shapes
    ///
    /// Input `[..]`, output `[..]`, unchanged. Weights: `gamma`, `beta`, each of the axes' sizes.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [7, 4]) -> [7, 4] {
    ///         LayerNormalization()(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 7, 4)))?;
    /// assert_eq!(output.shape(), [1, 7, 4]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/normalization_layers/layer_normalization/>; Ba, Kiros and Hinton 2016,
    /// <https://arxiv.org/abs/1607.06450>.
    LayerNormalization {
        /// The axis or the list of axes that is normalised along; the batch is axis 0. Default: `-1`.
        axis: ListedAxes = ListedAxes(Axes(vec![-1])),
        /// Added to the variance. Default: `0.001`.
        epsilon: Epsilon = Epsilon(1e-3),
        /// Whether `beta` is added. Default: `true`.
        center: bool = true,
        /// Whether `gamma` scales the result. Default: `true`.
        scale: bool = true,
        /// How `beta` starts. Default: `"zeros"`.
        beta_initializer: Initializer = Initializer::ZEROS,
        /// How `gamma` starts. Default: `"ones"`.
        gamma_initializer: Initializer = Initializer::ONES,
        /// A penalty on `beta`, which the loss includes. Default: `None`.
        beta_regularizer: Option<Regularizer> = None,
        /// A penalty on `gamma`, which the loss includes. Default: `None`.
        gamma_regularizer: Option<Regularizer> = None,
        /// What `beta` is made to be after every step. Default: `None`.
        beta_constraint: Option<Constraint> = None,
        /// What `gamma` is made to be after every step. Default: `None`.
        gamma_constraint: Option<Constraint> = None,
        /// Not supported.
        rms_scaling: Off = Off,
    }
}

impl Layer for LayerNormalization {
    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        normalized::sizes(&self.axis.0, &inputs[0].shape)?;
        Ok(inputs[0].clone())
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let sizes = normalized::sizes(&self.axis.0, &inputs[0].shape).unwrap_or_default();
        let gamma = (self.gamma_initializer, self.gamma_regularizer, self.gamma_constraint);
        let beta = (self.beta_initializer, self.beta_regularizer, self.beta_constraint);
        normalized::affine(&sizes, self.scale.then_some(gamma), self.center.then_some(beta))
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        normalized::needs(&self.axis.0, &inputs[0])
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape_and_has_two_weights_an_element_of_the_axis() {
        check_rule(
            "LayerNormalization {}",
            &["[8, 8, 3]", "[words, 3]", "[words]", "[]"],
            "[8, 8, 3] -> [8, 8, 3], 6 parameters
[words, 3] -> [words, 3], 6 parameters
[words] -> Unknown
[] -> BatchAxis",
        );
        check_rule(r#"LayerNormalization {"axis": [1], "scale": false}"#, &["[8, 2, 3]"], "[8, 2, 3] -> [8, 2, 3], 8 parameters");
        check_rule(
            r#"LayerNormalization {"axis": [1, -1]}"#,
            &["[8, 2, 3]", "[8, words, 3]", "[words, 2, 3]", "[3]"],
            "[8, 2, 3] -> [8, 2, 3], 48 parameters
[8, words, 3] -> [8, words, 3], 48 parameters
[words, 2, 3] -> Unknown
[3] -> RepeatedAxis",
        );
    }
}
