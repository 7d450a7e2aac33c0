//! Dropout of whole channels of a sequence.

use crate::argument::Rate;
use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::{SEQUENCE, require_axes};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

layer! {
    /// Sets whole channels of a sequence to zero at random while training, where neighbours are too alike to be dropped one by one.
    ///
    /// `output = 0` with probability `rate` for each channel of a sample, else `input / (1 - rate)`; when not training, `output = input`.
    ///
    /// # Shapes
    ///
    /// Input `[length, channels]`, output unchanged.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [5, 3]) -> [5, 3] {
    ///         SpatialDropout1D(0.5)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 5, 3)))?;
    /// assert_eq!(output.shape(), [1, 5, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/regularization_layers/spatial_dropout1d/>; Tompson et al. 2014,
    /// <https://arxiv.org/abs/1411.4280>.
    SpatialDropout1D {
        /// The part of the channels that is dropped, from 0 to less than 1.
        rate: Rate,
        /// A number that sets this layer's choices apart; the model's seed decides them too. Default: `None`.
        seed: Option<u64> = None,
    }
}

impl Layer for SpatialDropout1D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_axes(&inputs[0], SEQUENCE)?;
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
            r#"SpatialDropout1D {"rate": 0.5}"#,
            &["[5, 3]", "[words, 3]", "[3]", "i32[5, 3]"],
            "[5, 3] -> [5, 3], 0 parameters
[words, 3] -> [words, 3], 0 parameters
[3] -> Rank
i32[5, 3] -> DType",
        );
    }
}
