//! Normalisation of groups of channels.

use crate::argument::{Axis, Constraint, Epsilon, Groups, Initializer, Regularizer};
use crate::dim::Dim;
use crate::layer::{Layer, Needs, WeightSpec, layer};
use crate::layers::activated::{is_one, known_size, require_floats, resolve_axis};
use crate::layers::normalized;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Normalises groups of a sample's channels to mean 0 and variance 1, then scales and shifts each channel.
    ///
    /// `output = gamma * (input - mean) / sqrt(variance + epsilon) + beta`, with mean and variance of each group: of all its channels, along
    /// all other axes.
    ///
    /// # Shapes
    ///
    /// Input `[..]`, output `[..]`, unchanged; `groups` divides the axis's size. Weights: `gamma`, `beta`, each of the axis's size.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [4, 5, 6]) -> [4, 5, 6] {
    ///         GroupNormalization(3)(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 6)))?;
    /// assert_eq!(output.shape(), [1, 4, 5, 6]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/normalization_layers/group_normalization/>; Wu and He 2018,
    /// <https://arxiv.org/abs/1803.08494>.
    GroupNormalization {
        /// How many groups the channels are cut into, -1 for one a channel. Default: `32`.
        groups: Groups = Groups(Some(32)),
        /// The axis of the channels; the batch is axis 0. Default: `-1`.
        axis: Axis = Axis(-1),
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
    }
}

impl GroupNormalization {
    fn channels(&self, shape: &Shape) -> Result<Dim, Problem> {
        known_size(shape, resolve_axis("axis", self.axis.0, shape)?)
    }
}

impl Layer for GroupNormalization {
    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        let channels = self.channels(&inputs[0].shape)?;
        match self.groups.0 {
            Some(groups) if channels.exact_div(&Dim::from(groups)).is_none() => {
                Err(Problem::Groups { what: "channels", size: channels, groups })
            }
            Some(_) | None => Ok(inputs[0].clone()),
        }
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let channels = Shape(vec![self.channels(&inputs[0].shape).unwrap_or_default()]);
        let gamma = (self.gamma_initializer, self.gamma_regularizer, self.gamma_constraint);
        let beta = (self.beta_initializer, self.beta_regularizer, self.beta_constraint);
        normalized::affine(&channels, self.scale.then_some(gamma), self.center.then_some(beta))
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        let shape = &inputs[0];
        let groups = self.groups.0.map_or_else(|| self.channels(shape).unwrap_or_default(), Dim::from);
        let axis = self.axis.in_sample(shape.rank()).unwrap_or_default();
        normalized::needs_of_rows(shape, &groups, is_one(shape.0.get(..axis).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape_and_has_two_weights_a_channel() {
        check_rule(
            r#"GroupNormalization {"groups": 2}"#,
            &["[8, 8, 4]", "[words, 4]", "[4]", "[8, 3]", "[words]", "[]"],
            "[8, 8, 4] -> [8, 8, 4], 8 parameters
[words, 4] -> [words, 4], 8 parameters
[4] -> [4], 8 parameters
[8, 3] -> Groups
[words] -> Unknown
[] -> BatchAxis",
        );
        check_rule(
            r#"GroupNormalization {"groups": -1, "axis": 1, "scale": false}"#,
            &["[3, 2]"],
            "[3, 2] -> [3, 2], 3 parameters",
        );
        check_rule("GroupNormalization {}", &["[8, 16]", "[8, 64]"], "[8, 16] -> Groups\n[8, 64] -> [8, 64], 128 parameters");
    }
}
