//! Layer normalisation.

use crate::argument::{Axis, Constraint, Epsilon, Initializer, ListedAxis, Off, Regularizer};
use crate::dim::Dim;
use crate::layer::{Layer, Needs, Space, WeightSpec, layer};
use crate::layers::activated::{is_one, known_size, require_floats, resolve_axis};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Normalises each sample along an axis to mean 0 and variance 1, then scales and shifts it.
    ///
    /// `output = gamma * (input - mean) / sqrt(variance + epsilon) + beta`, with mean and variance along the axis.
    ///
    /// # Shapes
    ///
    /// Input `[..]`, output `[..]`, unchanged. Weights: `gamma`, `beta`, each of the axis's size.
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
        /// The axis that is normalised along; the batch is axis 0. Keras's lists of several axes are not supported. Default: `-1`.
        axis: ListedAxis = ListedAxis(Axis(-1)),
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

impl LayerNormalization {
    /// The axis in the sample's shape.
    ///
    /// # Errors
    /// If there is no such axis, or it is the batch's.
    pub fn sample_axis(&self, shape: &Shape) -> Result<usize, Problem> {
        resolve_axis("axis", self.axis.0.0, shape)
    }

    fn size(&self, shape: &Shape) -> Result<Dim, Problem> {
        known_size(shape, self.sample_axis(shape)?)
    }
}

impl Layer for LayerNormalization {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        self.size(&inputs[0].shape)?;
        Ok(inputs[0].clone())
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let size = Shape(vec![self.size(&inputs[0].shape).unwrap_or_default()]);
        let mut weights = Vec::new();
        if self.scale {
            weights.push(WeightSpec::trainable("gamma", size.clone(), self.gamma_initializer).kept(self.gamma_regularizer, self.gamma_constraint));
        }
        if self.center {
            weights.push(WeightSpec::trainable("beta", size, self.beta_initializer).kept(self.beta_regularizer, self.beta_constraint));
        }
        weights
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        let (shape, sample) = (&inputs[0], inputs[0].count());
        let rows = self.sample_axis(shape).map_or_else(|_| sample.clone(), |axis| shape.with(axis, Dim::constant(1)).count());
        // Where something lies behind the axis, tensors are turned so that it is last: input and output, and their gradients.
        let is_last = self.sample_axis(shape).is_ok_and(|axis| is_one(shape.0.get(axis.saturating_add(1)..).unwrap_or_default()));
        let turned = Space::per_sample(sample.saturating_mul(&Dim::from(if is_last { 0 } else { 2 })));
        Needs {
            saved: Space::per_sample(sample.saturating_add(&rows)), // the normalised input, then each row's inverse deviation
            forward_scratch: turned.clone(),
            backward_scratch: turned,
            ..Needs::default()
        }
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
    }
}
