//! The same elements under another shape.

use crate::argument::TargetShape;
use crate::dim::Dim;
use crate::layer::{Layer, layer};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// The elements of a sample, in their order, under another shape.
    ///
    /// `output = input`, element by element in the order of the axes.
    ///
    /// # Shapes
    ///
    /// Input `[..]`, output `target_shape`; both have the same number of elements.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [4, 6]) -> [3, 8] {
    ///         Reshape([3, -1])(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 6)))?;
    /// assert_eq!(output.shape(), [1, 3, 8]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/reshaping_layers/reshape/>.
    Reshape {
        /// The new shape; one size may be -1, for what remains.
        target_shape: TargetShape,
    }
}

impl Layer for Reshape {
    const IS_VIEW: bool = true;

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        let elements = inputs[0].shape.elements().ok_or(Problem::Overflow)?;
        let mismatch = || Problem::Elements { from: inputs[0].shape.clone(), to: self.target_shape.clone() };
        let given = self.target_shape.0.iter().flatten();
        let product = given.into_iter().try_fold(Dim::constant(1), |product, size| product.mul(size)).ok_or(Problem::Overflow)?;
        let rest = elements.exact_div(&product).ok_or_else(mismatch)?;
        if !self.target_shape.0.contains(&None) && rest != Dim::constant(1) {
            return Err(mismatch());
        }
        let sizes = self.target_shape.0.iter().map(|size| size.as_ref().unwrap_or(&rest).clone());
        Ok(inputs[0].with_shape(Shape(sizes.collect())))
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_number_of_elements() {
        check_rule(
            r#"Reshape {"target_shape": [-1, 4]}"#,
            &["[2, 6]", "[3]", "[words, 4]", "[words]"],
            "[2, 6] -> [3, 4], 0 parameters\n[3] -> Elements\n[words, 4] -> [words, 4], 0 parameters\n[words] -> Elements",
        );
        check_rule(r#"Reshape {"target_shape": [3, 4]}"#, &["[12]", "[24]"], "[12] -> [3, 4], 0 parameters\n[24] -> Elements");
    }
}
