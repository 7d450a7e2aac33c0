//! Values on another scale.

use crate::argument::PerChannel;
use crate::layer::{Layer, layer};
use crate::layers::activated::require_floats;
use crate::layers::rank::require_channels;
use crate::mask::MaskUse;
use crate::problem::Problem;
use crate::shape::TensorType;

layer! {
    /// Values on another scale: images from 0 to 255, say, as numbers from 0 to 1.
    ///
    /// `output = input * scale + offset`, with one number for all channels or one for each: to bring channels to mean 0 and deviation 1, take
    /// 1 over each deviation as the scale, and each mean over its deviation, negated, as the offset.
    ///
    /// # Shapes
    ///
    /// Input `[..]`, output `[..]`, unchanged; `[.., channels]` where there is a number for each channel.
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
        /// What values are multiplied by.
        scale: PerChannel,
        /// What is added then. Default: `0.0`.
        offset: PerChannel = PerChannel::All(0.0),
    }
}

impl Layer for Rescaling {
    fn mask_use(&self) -> MaskUse {
        MaskUse::Passes
    }

    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem> {
        require_floats(inputs)?;
        for (argument, numbers) in [("scale", &self.scale), ("offset", &self.offset)] {
            require_channels(argument, numbers, &inputs[0].shape)?;
        }
        Ok(inputs[0].clone())
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

    #[test]
    fn a_number_for_each_channel_asks_for_as_many() {
        check_rule(
            r#"Rescaling {"scale": [2, 3], "offset": [1]}"#,
            &["[3, 2]", "[2]", "[2, 3]", "[words]"],
            "[3, 2] -> [3, 2], 0 parameters
[2] -> [2], 0 parameters
[2, 3] -> Channels
[words] -> Channels",
        );
    }
}
