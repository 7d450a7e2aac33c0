//! Values on another scale.

use crate::argument::Number;
use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::require_floats;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Values on another scale: images from 0 to 255, say, as numbers from 0 to 1.
    ///
    /// `output = input * scale + offset`.
    ///
    /// # Shapes
    ///
    /// Input `[..]`, output `[..]`, unchanged.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [4, 3]) -> [4, 3] {
    ///         Rescaling(0.5, offset = -1)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 3)))?;
    /// assert_eq!(output.shape(), [1, 4, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/>.
    Rescaling {
        /// What values are multiplied by.
        scale: Number,
        /// What is added then. Default: `0.0`.
        offset: Number = Number(0.0),
    }
}

impl Layer for Rescaling {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        Ok(inputs[0].clone())
    }

    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape() {
        check_rule(
            r#"Rescaling {"scale": 2}"#,
            &["[2, 3]", "i32[3]"],
            "[2, 3] -> [2, 3], 0 parameters
i32[3] -> DType",
        );
    }
}
