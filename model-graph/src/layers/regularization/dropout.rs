//! Dropout.

use crate::argument::{Absent, Rate};
use crate::layer::{Layer, Needs, layer};
use crate::layers::activated::require_floats;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// While training, sets a part of the elements to zero and scales the others by `1 / (1 - rate)`; otherwise does nothing.
    ///
    /// Shapes: `[..] -> [..]`, unchanged.
    ///
    /// Source: <https://keras.io/api/layers/regularization_layers/dropout/>; Srivastava et al. 2014,
    /// <https://jmlr.org/papers/v15/srivastava14a.html>.
    Dropout {
        /// The part of the elements that is dropped, from 0 to less than 1.
        rate: Rate,
        /// Not supported.
        noise_shape: Absent = Absent,
        /// A number that sets this layer's choices apart; the model's seed decides them too.
        seed: Option<u64> = None,
    }
}

impl Layer for Dropout {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        Ok(inputs[0].clone())
    }

    fn needs(&self, _inputs: &[Vec<usize>], _output: &[usize]) -> Needs {
        Needs::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_keeps_the_shape() {
        check_rule(
            r#"Dropout {"rate": 0.5}"#,
            &["[256]", "[words, 3]", "i32[3]"],
            "[256] -> [256], 0 parameters\n[words, 3] -> [words, 3], 0 parameters\ni32[3] -> DType",
        );
    }
}
