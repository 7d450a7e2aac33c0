//! Tensors joined along an axis.

use crate::argument::Axis;
use crate::layer::{Arity, Layer, layer};
use crate::layers::activated::{require_floats, resolve_axis};
use crate::layers::merge;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Tensors joined along an axis.
    ///
    /// `output = a, then b, then ..` along the axis.
    ///
    /// # Shapes
    ///
    /// Inputs that are equal but for the axis; output the same, with the sum of their sizes there.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(a: [2, 3], b: [2, 4]) -> [2, 7] {
    ///         Concatenate()([a, b])
    ///     }
    /// }
    ///
    /// let (a, b) = (Array::<f32, _>::ones((1, 2, 3)), Array::<f32, _>::ones((1, 2, 4)));
    /// let output = Net::new(0).predict([("a", (&a).into()), ("b", (&b).into())])?;
    /// assert_eq!(output.shape(), [1, 2, 7]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/merging_layers/concatenate/>.
    Concatenate {
        /// The axis along which the inputs are joined; the batch is axis 0. Default: `-1`.
        axis: Axis = Axis(-1),
    }
}

impl Concatenate {
    /// The axis in the sample's shape.
    ///
    /// # Errors
    /// If there is no such axis, or it is the batch's.
    pub fn sample_axis(&self, shape: &Shape) -> Result<usize, Problem> {
        resolve_axis("axis", self.axis.0, shape)
    }
}

impl Layer for Concatenate {
    const ARITY: Arity = Arity::AtLeast(2);

    fn mask_use(&self) -> MaskUse {
        MaskUse::Joins(self.axis.0)
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        let axis = self.sample_axis(&inputs[0].shape)?;
        merge::joined(inputs, axis).map(TensorType::f32)
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_adds_the_sizes_of_one_axis() {
        check_rule(
            "Concatenate {}",
            &["[3, 4] [3, 5] [3, 1]", "[3, 4] [2, 4]", "[3, 4] [4]", "[3, words] [3, 2]"],
            "[3, 4] [3, 5] [3, 1] -> [3, 10], 0 parameters
[3, 4] [2, 4] -> Differ
[3, 4] [4] -> Differ
[3, words] [3, 2] -> [3, words + 2], 0 parameters",
        );
        check_rule(
            r#"Concatenate {"axis": 1}"#,
            &["[3, 4] [2, 4]", "[4] [5]"],
            "[3, 4] [2, 4] -> [5, 4], 0 parameters\n[4] [5] -> [9], 0 parameters",
        );
        check_rule(r#"Concatenate {"axis": 0}"#, &["[3, 4] [3, 4]"], "[3, 4] [3, 4] -> BatchAxis");
        check_rule(r#"Concatenate {"axis": 3}"#, &["[3, 4] [3, 4]"], "[3, 4] [3, 4] -> Axis");
    }
}
