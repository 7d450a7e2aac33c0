//! A longer sequence.

use std::num::NonZeroUsize;

use crate::layer::{Layer, layer};
use crate::layers::rank::enlarge;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// A sequence each of whose elements is repeated.
    ///
    /// `output[i] = input[floor(i / size)]`.
    ///
    /// # Shapes
    ///
    /// Input `[length, channels]`, output `[size * length, channels]`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [4, 3]) -> [12, 3] {
    ///         UpSampling1D(3)(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 4, 3)))?;
    /// assert_eq!(output.shape(), [1, 12, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/reshaping_layers/up_sampling1d/>.
    UpSampling1D {
        /// How many times each element is written. Default: `2`.
        size: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1),
    }
}

impl Layer for UpSampling1D {
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        enlarge([self.size.get()], &inputs[0])
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_multiplies_the_length() {
        check_rule(
            "UpSampling1D {}",
            &["[4, 3]", "[words, 3]", "[4]"],
            "[4, 3] -> [8, 3], 0 parameters
[words, 3] -> [2 * words, 3], 0 parameters
[4] -> Rank",
        );
    }
}
