//! What pooling layers share over the rank: their arguments, their windows and their shape rules.

use crate::argument::{Kernel, Padding};
use crate::layer::Needs;
use crate::layers::rank::{names, require_rank};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};
use crate::window::Window;

/// The pooling windows; without strides they move by their own size.
pub(super) fn windows<const N: usize>(pool_size: Kernel<N>, strides: Option<Kernel<N>>, padding: Padding) -> [Window; N] {
    let (argument, strides, axes) = ("pool_size", strides.unwrap_or(pool_size), names::<N>());
    std::array::from_fn(|i| Window { argument, axis: axes[i], size: pool_size.0[i], stride: strides.0[i], dilation: 1, padding })
}

/// `[.., channels] -> [channels]`, or `[1, .., channels]` where the axes are kept.
pub(super) fn infer_global<const N: usize>(keepdims: bool, input: &TensorType) -> Result<TensorType, Problem> {
    let (_, channels) = require_rank::<N>(input)?;
    let kept = if keepdims { N } else { 0 };
    Ok(input.with_shape(Shape(std::iter::repeat_n(1.into(), kept).chain([channels.clone()]).collect())))
}

/// What the gradient of a mean needs: nothing, or the mask that says what it is of.
pub(super) fn of_means(inputs: &[Shape]) -> Needs {
    Needs { inputs: inputs.len() > 1, ..Needs::default() }
}

/// What the gradient of a largest element needs: the elements, and which was the largest.
pub(super) fn of_largest(_inputs: &[Shape]) -> Needs {
    Needs { inputs: true, output: true, ..Needs::default() }
}

/// Declares a pooling layer of so many dimensions, which is to say what its gradient needs, and the default of its window, if any.
macro_rules! pooling {
    ($(#[doc = $doc:literal])* $name:ident, $rank:tt, $needs:ident $(, pool_size = $size:literal)?) => {
        $crate::layer::layer! {
            $(#[doc = $doc])*
            $name {
                #[doc = concat!(" ", $crate::layers::rank::words!($rank sizes), " of the window.", $(" Default: `", $size, "`.")?)]
                pool_size: $crate::argument::Kernel<$rank> $(= $crate::argument::Kernel([$size; $rank]))?,
                #[doc = concat!(
                    " The step of the window; the window's ", $crate::layers::rank::words!($rank size),
                    " where it is `None`. Default: `None`."
                )]
                strides: Option<$crate::argument::Kernel<$rank>> = None,
                #[doc = concat!(
                    " `\"valid\"` keeps the window inside the ", $crate::layers::rank::words!($rank input),
                    ", `\"same\"` lets it reach over the ", $crate::layers::rank::words!($rank border), ". Default: `\"valid\"`."
                )]
                padding: $crate::argument::Padding = $crate::argument::Padding::Valid,
                        ..data_format,
            }
        }

        impl $name {
            #[doc = $crate::layers::rank::words!($rank windows)]
            #[must_use]
            pub fn windows(&self) -> [$crate::window::Window; $rank] {
                $crate::layers::pool::windows(self.pool_size, self.strides, self.padding)
            }
        }

        impl $crate::layer::Layer for $name {
            fn infer(
                &self,
                inputs: &[$crate::shape::TensorType],
            ) -> Result<$crate::shape::TensorType, $crate::problem::Problem> {
                $crate::layers::rank::slide(&self.windows(), &inputs[0])
            }

            fn needs(&self, inputs: &[$crate::shape::Shape], _output: &$crate::shape::Shape) -> $crate::layer::Needs {
                $crate::layers::pool::$needs(inputs)
            }
        }
    };
}
pub(super) use pooling;

/// Declares a layer that pools all of so many dimensions, which is to say what its gradient needs, and rules that not all have.
macro_rules! global_pooling {
    ($(#[doc = $doc:literal])* $name:ident, $rank:tt, $needs:ident $(, { $($more:tt)* })?) => {
        $crate::layer::layer! {
            $(#[doc = $doc])*
            $name {
                        ..data_format,
                #[doc = concat!(" Whether ", $crate::layers::rank::words!($rank kept), " of size 1. Default: `false`.")]
                keepdims: bool = false,
            }
        }

        impl $crate::layer::Layer for $name {
            fn infer(
                &self,
                inputs: &[$crate::shape::TensorType],
            ) -> Result<$crate::shape::TensorType, $crate::problem::Problem> {
                $crate::layers::pool::infer_global::<$rank>(self.keepdims, &inputs[0])
            }

            fn needs(&self, inputs: &[$crate::shape::Shape], _output: &$crate::shape::Shape) -> $crate::layer::Needs {
                $crate::layers::pool::$needs(inputs)
            }
            $($($more)*)?
        }
    };
}
pub(super) use global_pooling;

/// Declares a layer whose windows adapt to the input, so that as many fit into each of so many dimensions as it says.
macro_rules! adaptive_pooling {
    ($(#[doc = $doc:literal])* $name:ident, $rank:tt, $needs:ident) => {
        $crate::layer::layer! {
            $(#[doc = $doc])*
            $name {
                #[doc = concat!(" ", $crate::layers::rank::words!($rank sizes), " of the output.")]
                output_size: $crate::argument::Kernel<$rank>,
                        ..data_format,
            }
        }

        impl $crate::layer::Layer for $name {
            fn infer(
                &self,
                inputs: &[$crate::shape::TensorType],
            ) -> Result<$crate::shape::TensorType, $crate::problem::Problem> {
                $crate::layers::rank::resize::<$rank>(&inputs[0], |i, _| Ok(self.output_size.0[i].into()))
            }

            fn needs(&self, inputs: &[$crate::shape::Shape], _output: &$crate::shape::Shape) -> $crate::layer::Needs {
                $crate::layers::pool::$needs(inputs)
            }
        }
    };
}
pub(super) use adaptive_pooling;
