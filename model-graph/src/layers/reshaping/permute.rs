//! The same axes in another order.

use crate::argument::Permutation;
use crate::layer::{Layer, layer};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// The axes of a sample in another order.
    ///
    /// `output[i of dims[0], i of dims[1], ..] = input[i of 1, i of 2, ..]`: the output's first axis is the input's axis `dims[0]`, and so on.
    ///
    /// # Shapes
    ///
    /// Input `[..]`, output the same sizes in the order of `dims`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [4, 5, 3]) -> [5, 3, 4] {
    ///         Permute([2, 3, 1])(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 5, 3, 4]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/reshaping_layers/permute/>.
    Permute {
        /// The axes in their new order; the first of a sample is 1.
        dims: Permutation,
    }
}

impl Layer for Permute {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let shape = &inputs[0].shape;
        if self.dims.0.len() != shape.rank() {
            return Err(Problem::Axes { expected: self.dims.0.len(), found: shape.clone() });
        }
        let sizes = self.dims.0.iter().filter_map(|&axis| shape.0.get(axis.checked_sub(1)?));
        Ok(inputs[0].with_shape(Shape(sizes.cloned().collect())))
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_orders_the_sizes() {
        check_rule(
            r#"Permute {"dims": [2, 3, 1]}"#,
            &["[4, 5, 3]", "[4, words, 3]", "[4, 5]", "i32[1, 2, 3]"],
            "[4, 5, 3] -> [5, 3, 4], 0 parameters
[4, words, 3] -> [words, 3, 4], 0 parameters
[4, 5] -> Axes
i32[1, 2, 3] -> i32[2, 3, 1], 0 parameters",
        );
    }
}
