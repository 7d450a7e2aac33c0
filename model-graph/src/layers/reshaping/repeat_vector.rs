//! A vector several times.

use crate::argument::Size;
use crate::layer::{Layer, layer};
use crate::layers::activated::require_axes;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// A vector `n` times, one after the other.
    ///
    /// `output[i, feature] = input[feature]`.
    ///
    /// # Shapes
    ///
    /// Input `[features]`, output `[n, features]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [5]) -> [3, 5] {
    ///         RepeatVector(3)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5)))?;
    /// assert_eq!(output.shape(), [1, 3, 5]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/reshaping_layers/repeat_vector/>.
    RepeatVector {
        /// How many times.
        n: Size,
    }
}

impl Layer for RepeatVector {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let features = require_axes(&inputs[0], &["features"])?[0].clone();
        Ok(inputs[0].with_shape(Shape(vec![self.n.0.clone(), features])))
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_adds_an_axis() {
        check_rule(
            r#"RepeatVector {"n": 3}"#,
            &["[5]", "[words]", "[5, 2]", "i32[5]"],
            "[5] -> [3, 5], 0 parameters
[words] -> [3, words], 0 parameters
[5, 2] -> Rank
i32[5] -> DType",
        );
    }
}
