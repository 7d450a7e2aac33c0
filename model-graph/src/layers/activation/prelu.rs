//! The rectified linear unit whose slope below zero is learned.

use crate::argument::{Constraint, Initializer, Regularizer, SharedAxes};
use crate::dim::Dim;
use crate::layer::{Layer, Needs, Space, WeightSpec, layer};
use crate::layers::activated::{known_size, require_floats, resolve_axis};
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// The rectified linear unit whose slope below zero is learned.
    ///
    /// `output = input` where `input > 0`, and `alpha * input` below.
    ///
    /// # Shapes
    ///
    /// Input `[..]`, output `[..]`, unchanged. Weights: `alpha`, of the shape of a sample, with 1 in place of the axes that share.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [4, 5, 3]) -> [4, 5, 3] {
    ///         PReLU(shared_axes = [1, 2])(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 5, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/activation_layers/prelu/>; He et al. 2015, <https://arxiv.org/abs/1502.01852>.
    PReLU {
        /// How the slopes start. Default: `"zeros"`.
        alpha_initializer: Initializer = Initializer::ZEROS,
        /// A penalty on the slopes, which the loss includes. Default: `None`.
        alpha_regularizer: Option<Regularizer> = None,
        /// What the slopes are made to be after every step. Default: `None`.
        alpha_constraint: Option<Constraint> = None,
        /// The axes whose elements share a slope; the first of a sample is 1. Default: `None`.
        shared_axes: Option<SharedAxes> = None,
    }
}

impl PReLU {
    /// Whether the elements along an axis of the sample share their slope.
    #[must_use]
    pub fn is_shared(&self, axis: usize) -> bool {
        let axes = self.shared_axes.as_ref().map_or([].as_slice(), |axes| &axes.0);
        axes.iter().any(|&shared| usize::try_from(shared).is_ok_and(|shared| shared.checked_sub(1) == Some(axis)))
    }

    /// The shape of the slopes, where the sizes are known that it depends on.
    fn slopes(&self, shape: &Shape) -> Result<Shape, Problem> {
        let size = |axis: usize| if self.is_shared(axis) { Ok(Dim::constant(1)) } else { known_size(shape, axis) };
        (0..shape.rank()).map(size).collect::<Result<_, _>>().map(Shape)
    }
}

impl Layer for PReLU {
    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        let shape = &inputs[0].shape;
        for &axis in self.shared_axes.iter().flat_map(|axes| &axes.0) {
            resolve_axis("shared_axes", axis, shape)?;
        }
        self.slopes(shape)?.elements().ok_or(Problem::Overflow)?;
        Ok(inputs[0].clone())
    }

    fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let slopes = self.slopes(&inputs[0].shape).unwrap_or_default();
        vec![WeightSpec::trainable("alpha", slopes, self.alpha_initializer).kept(self.alpha_regularizer, self.alpha_constraint)]
    }

    fn needs(&self, inputs: &[Shape], _output: &Shape) -> Needs {
        // The sums over the batch, before those over the axes that share.
        Needs { inputs: true, backward_scratch: Space::fixed(inputs[0].count()), ..Needs::default() }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_has_a_slope_for_each_element_that_shares_none() {
        check_rule(
            "PReLU {}",
            &["[2, 3]", "[words, 3]", "i32[3]"],
            "[2, 3] -> [2, 3], 6 parameters
[words, 3] -> Unknown
i32[3] -> DType",
        );
        check_rule(
            r#"PReLU {"shared_axes": [1]}"#,
            &["[2, 3]", "[words, 3]", "[]"],
            "[2, 3] -> [2, 3], 3 parameters
[words, 3] -> [words, 3], 3 parameters
[] -> Axis",
        );
    }
}
