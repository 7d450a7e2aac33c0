//! The sum of the inputs, element by element.

use crate::layer::{Arity, Layer, layer};
use crate::layers::merge;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// The sum of tensors, also written `a + b`.
    ///
    /// `output = a + b + ..`.
    ///
    /// # Shapes
    ///
    /// Inputs `[..]` of one shape, output of the same. Where an input's axis is 1, it is stretched to the others' size: `[1, 1, channels]`
    /// meets `[height, width, channels]`. All have as many axes.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(a: [2, 3], b: [2, 3]) -> [2, 3] {
    ///         Add()([a, b])
    ///     }
    /// }
    ///
    /// let (a, b) = (Array::<f32, _>::ones((1, 2, 3)), Array::<f32, _>::ones((1, 2, 3)));
    /// let output = Net::new(0).predict([("a", (&a).into()), ("b", (&b).into())])?;
    /// assert_eq!(output.shape(), [1, 2, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/merging_layers/add/>.
    Add {}
}

impl Layer for Add {
    const ARITY: Arity = Arity::AtLeast(2);

    fn mask_use(&self) -> MaskUse {
        MaskUse::Merges
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        merge::infer(inputs)
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_takes_inputs_of_one_shape_but_for_sizes_of_1() {
        check_rule(
            "Add {}",
            &[
                "[3, 4] [3, 4]",
                "[3, 4] [3, 5]",
                "[3, 4] [4]",
                "[3, 4] [1, 4]",
                "[3, 1] [1, 4]",
                "[1, 4] [words, 1]",
                "[3, 4] [words, 4]",
                "[words, 4] [words, 4]",
                "[words, 4] [rows, 4]",
                "[3]",
            ],
            "[3, 4] [3, 4] -> [3, 4], 0 parameters
[3, 4] [3, 5] -> Differ
[3, 4] [4] -> Differ
[3, 4] [1, 4] -> [3, 4], 0 parameters
[3, 1] [1, 4] -> [3, 4], 0 parameters
[1, 4] [words, 1] -> [words, 4], 0 parameters
[3, 4] [words, 4] -> Differ
[words, 4] [words, 4] -> [words, 4], 0 parameters
[words, 4] [rows, 4] -> Differ
[3] -> Arity",
        );
    }
}
