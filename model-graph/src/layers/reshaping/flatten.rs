//! All axes as one.

use crate::layer::{Layer, layer};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// The elements of a sample along one axis.
    ///
    /// `output = input`, element by element in the order of the axes.
    ///
    /// # Shapes
    ///
    /// Input `[a, b, ..]`, output `[a * b * ..]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(image: [4, 5, 3]) -> [60] {
    ///         Flatten()(image)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 60]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/reshaping_layers/flatten/>.
    Flatten {
        ..data_format,
    }
}

impl Layer for Flatten {
    const IS_VIEW: bool = true;

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let elements = inputs[0].shape.elements().ok_or(Problem::Overflow)?;
        Ok(inputs[0].with_shape(Shape(vec![elements])))
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_multiplies_the_sizes() {
        check_rule(
            "Flatten {}",
            &["[2, 3, 4]", "[]", "[words, 3]", "i32[2, 2]"],
            "[2, 3, 4] -> [24], 0 parameters
[] -> [1], 0 parameters
[words, 3] -> [3 * words], 0 parameters
i32[2, 2] -> i32[4], 0 parameters",
        );
    }
}
