//! Global average pooling along a sequence.

use crate::layer::{Manner, Slot};
use crate::layers::masked::{self, MASK};
use crate::layers::pool::global_pooling;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

global_pooling! {
    /// The mean of each channel along a sequence.
    ///
    /// `output[channel] = mean input[.., channel]`; with a mask, `GlobalAveragePooling1D()(x, mask = m)` with `m` of type `bool[length]`, of the
    /// elements where it is true, which is not a number where there are none.
    ///
    /// # Shapes
    ///
    /// Input `[length, channels]`, output `[channels]`, or `[1, channels]` with `keepdims`.
    ///
    /// # Example
    ///
    /// ```
    /// use functional_model::prelude::*;
    /// use ndarray::Array;
    ///
    /// functional_model! {
    ///     model Net(x: [7, 3]) -> [3] {
    ///         GlobalAveragePooling1D()(x)
    ///     }
    /// }
    ///
    /// let output = Net::new(0).predict(&Array::<f32, _>::ones((1, 7, 3)))?;
    /// assert_eq!(output.shape(), [1, 3]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/layers/pooling_layers/global_average_pooling1d/>.
    GlobalAveragePooling1D, 1, of_means, {
        const SLOTS: &'static [Slot] = masked::SLOTS;

        fn mask_use(&self) -> MaskUse {
            MaskUse::Consumes
        }

        fn outputs(&self, inputs: &[TensorType], manner: Manner) -> Result<Vec<TensorType>, Problem> {
            let output = self.infer(inputs)?;
            masked::check(inputs, manner, MASK, Shape(inputs[0].shape.0.iter().take(1).cloned().collect()))?;
            Ok(vec![output])
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::testing::check_rule;

    #[test]
    fn it_leaves_the_channels() {
        check_rule(
            "GlobalAveragePooling1D {}",
            &["[7, 4]", "[words, 4]", "[7]"],
            "[7, 4] -> [4], 0 parameters
[words, 4] -> [4], 0 parameters
[7] -> Rank",
        );
        check_rule(r#"GlobalAveragePooling1D {"keepdims": true}"#, &["[7, 4]"], "[7, 4] -> [1, 4], 0 parameters");
    }
}
