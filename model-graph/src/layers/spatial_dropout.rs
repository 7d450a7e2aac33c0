//! What dropouts of whole channels share over the rank: their arguments and their rule.

use crate::layers::rank::require_rank;
use crate::problem::Problem;
use crate::shape::TensorType;

/// The input, which has so many dimensions besides its channels.
pub(super) fn infer<const N: usize>(input: &TensorType) -> Result<TensorType, Problem> {
    require_rank::<N>(input)?;
    Ok(input.clone())
}

/// Declares a dropout of whole channels of so many dimensions, with the argument between the two that all have, if any.
macro_rules! spatial_dropout {
    ($(#[doc = $doc:literal])* $name:ident, $rank:tt $(, $data_format:ident)?) => {
        $crate::layer::layer! {
            $(#[doc = $doc])*
            $name {
                /// The part of the channels that is dropped, from 0 to less than 1.
                rate: $crate::argument::Rate,
                $(
                    /// The order of the axes. Default: `"channels_last"`.
                    $data_format: $crate::argument::ChannelsLast = $crate::argument::ChannelsLast,
                )?
                ..seed,
            }
        }

        impl $crate::layer::Layer for $name {
            const DIFFERS_IN_TRAINING: bool = true;

            fn keras_is_told_trainable(&self) -> bool {
                false
            }

            fn mask_use(&self) -> $crate::mask::MaskUse {
                $crate::mask::MaskUse::Passes
            }

            fn infer(
                &self,
                inputs: &[$crate::shape::TensorType],
            ) -> Result<$crate::shape::TensorType, $crate::problem::Problem> {
                $crate::layers::spatial_dropout::infer::<$rank>(&inputs[0])
            }
        }
    };
}
pub(super) use spatial_dropout;
