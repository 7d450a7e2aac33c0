//! What convolutions share over the rank: their arguments, their windows, and the sizes and weights that follow.

use crate::argument::{Extra, Kernel, Padding, SequencePadding};
use crate::dim::Dim;
use crate::layer::{Care, Needs, Space, WeightSpec};
use crate::layers::activated::{known_size, last_size};
use crate::layers::rank::{names, require_rank, resize, slide};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};
use crate::window::Window;

impl From<SequencePadding> for Padding {
    fn from(padding: SequencePadding) -> Self {
        padding.0
    }
}

/// The windows of a convolution.
pub(super) fn windows<const N: usize>(
    kernel_size: Kernel<N>,
    strides: Kernel<N>,
    dilation_rate: Kernel<N>,
    padding: Padding,
) -> [Window; N] {
    let axes = names::<N>();
    std::array::from_fn(|i| Window {
        argument: "kernel_size",
        axis: axes[i],
        size: kernel_size.0[i],
        stride: strides.0[i],
        dilation: dilation_rate.0[i],
        padding,
    })
}

/// `[sizes.., channels] -> [sizes'.., filters]`.
pub(super) fn infer<const N: usize>(windows: &[Window; N], filters: &Dim, input: &TensorType) -> Result<TensorType, Problem> {
    with_channels(&slide(windows, input)?, filters)
}

/// `[sizes.., channels] -> [sizes'.., filters]`, where windows take no strides together with a dilation, and groups divide both.
pub(super) fn infer_grouped<const N: usize>(
    windows: &[Window; N],
    groups: usize,
    filters: &Dim,
    input: &TensorType,
) -> Result<TensorType, Problem> {
    require_rank::<N>(input)?;
    require_one_of_strides_and_dilation(windows)?;
    require_groups(groups, filters, input)?;
    infer(windows, filters, input)
}

/// `[sizes.., channels] -> [sizes'.., filters]`, where every element of the input leaves a window.
pub(super) fn infer_transposed<const N: usize>(
    windows: &[Window; N],
    paddings: [Option<usize>; N],
    filters: &Dim,
    input: &TensorType,
) -> Result<TensorType, Problem> {
    require_rank::<N>(input)?;
    known_channels(input)?;
    require_one_of_strides_and_dilation(windows)?;
    for (window, padding) in windows.iter().zip(paddings) {
        if let Some(padding) = padding.filter(|&padding| padding >= window.stride) {
            return Err(Problem::OutputPadding { axis: window.axis, padding, stride: window.stride });
        }
    }
    with_channels(&resize::<N>(input, |i, size| windows[i].spread(size, paddings[i]))?, filters)
}

/// How much longer the output is along each axis, where that was given.
pub(super) fn output_paddings<const N: usize>(given: Option<Extra<N>>) -> [Option<usize>; N] {
    std::array::from_fn(|i| given.map(|padding| padding.0[i]))
}

fn with_channels(output: &TensorType, channels: &Dim) -> Result<TensorType, Problem> {
    let last = output.shape.rank().saturating_sub(1);
    Ok(output.with_shape(output.shape.with(last, channels.clone())))
}

/// Refuses strides together with a dilation, as Keras does.
pub(super) fn require_one_of_strides_and_dilation(windows: &[Window]) -> Result<(), Problem> {
    let (has_strides, is_dilated) = (windows.iter().any(|w| w.stride != 1), windows.iter().any(|w| w.dilation != 1));
    match has_strides && is_dilated {
        true => Err(Problem::Exclusive { first: "strides", second: "dilation_rate" }),
        false => Ok(()),
    }
}

/// Refuses groups that do not divide the channels and the filters.
fn require_groups(groups: usize, filters: &Dim, input: &TensorType) -> Result<(), Problem> {
    let channels = known_channels(input)?;
    for (what, size) in [("channels", &channels), ("filters", filters)] {
        if size.exact_div(&Dim::from(groups)).is_none() {
            return Err(Problem::Groups { what, size: size.clone(), groups });
        }
    }
    Ok(())
}

/// The weights of a convolution: its kernels, each by its name, its shape and what it is kept by, and a bias if it has one.
pub(super) fn weights<const K: usize>(kernels: [(&'static str, Shape, Care); K], bias: Option<(Dim, Care)>) -> Vec<WeightSpec> {
    let kernels = kernels.into_iter().map(|(name, shape, care)| WeightSpec::cared_for(name, shape, care));
    kernels.chain(bias.map(|(size, care)| WeightSpec::cared_for("bias", [size], care))).collect()
}

/// The shape of a kernel: the window, then what is given.
pub(super) fn kernel<const N: usize>(window: [usize; N], channels: [Dim; 2]) -> Shape {
    Shape(window.into_iter().map(Dim::from).chain(channels).collect())
}

/// The channels of a group.
pub(super) fn group_channels(inputs: &[TensorType], groups: usize) -> Dim {
    last_size(inputs).exact_div(&Dim::from(groups)).unwrap_or_default()
}

/// The number of channels, which must be known since weights depend on it.
fn known_channels(input: &TensorType) -> Result<Dim, Problem> {
    let last = input.shape.rank().saturating_sub(1);
    match input.shape.0.is_empty() {
        true => Err(Problem::Rank { operand: 0, expected: &[], found: input.shape.clone() }),
        false => known_size(&input.shape, last),
    }
}

/// So many channels of an input of this rank, each of which becomes `multiplier`.
pub(super) fn multiplied<const N: usize>(multiplier: usize, input: &TensorType) -> Result<Dim, Problem> {
    require_rank::<N>(input)?;
    known_channels(input)?.mul(&Dim::from(multiplier)).ok_or(Problem::Overflow)
}

/// Declares a layer that convolves: the arguments of its own, then those that all have, with a group for each of its kernels.
macro_rules! convolutional {
    (
        $(#[doc = $doc:literal])*
        $name:ident { $($own:tt)* }
        $( $what:literal: $initializer:ident, $regularizer:ident, $constraint:ident; )*
    ) => {
        $crate::layer::layer! {
            $(#[doc = $doc])*
            $name {
                $($own)*
                ..activation_and_bias,
                $(
                    #[doc = concat!(" How ", $what, " starts. Default: `\"glorot_uniform\"`.")]
                    $initializer: $crate::argument::Initializer = $crate::argument::Initializer::GLOROT_UNIFORM,
                )*
                /// How the bias starts. Default: `"zeros"`.
                bias_initializer: $crate::argument::Initializer = $crate::argument::Initializer::ZEROS,
                $(
                    #[doc = concat!(" A penalty on ", $what, ", which the loss includes. Default: `None`.")]
                    $regularizer: Option<$crate::argument::Regularizer> = None,
                )*
                /// A penalty on the bias, which the loss includes. Default: `None`.
                bias_regularizer: Option<$crate::argument::Regularizer> = None,
                ..activity_regularizer,
                $(
                    #[doc = concat!(" What ", $what, " is made to be after every step. Default: `None`.")]
                    $constraint: Option<$crate::argument::Constraint> = None,
                )*
                /// What the bias is made to be after every step. Default: `None`.
                bias_constraint: Option<$crate::argument::Constraint> = None,
            }
        }

        impl $name {
            /// The bias of this size, if there is one, with what it is kept by.
            fn bias(&self, size: $crate::dim::Dim) -> Option<($crate::dim::Dim, $crate::layer::Care)> {
                let care = $crate::layers::arguments::care!(self.bias);
                self.use_bias.then_some((size, care))
            }
        }
    };
}
pub(super) use convolutional;

/// The windows of a layer that has the arguments for them.
macro_rules! windowed {
    ($name:ident, $rank:tt) => {
        impl $name {
            #[doc = $crate::layers::rank::words!($rank windows)]
            #[must_use]
            pub fn windows(&self) -> [$crate::window::Window; $rank] {
                $crate::layers::convolution::windows(self.kernel_size, self.strides, self.dilation_rate, self.padding.into())
            }
        }
    };
}
pub(super) use windowed;

/// What a convolution needs: its input, and what its activation does.
macro_rules! needs_of_convolution {
    () => {
        fn needs(&self, _inputs: &[$crate::shape::Shape], output: &$crate::shape::Shape) -> $crate::layer::Needs {
            $crate::layer::Needs { inputs: true, ..self.activation.needs(&output.count()) }
        }
    };
}
pub(super) use needs_of_convolution;

/// Declares a convolution of so many dimensions; its padding, where it is not what all have.
macro_rules! convolution {
    ($(#[doc = $doc:literal])* $name:ident, $rank:tt) => {
        $crate::layers::convolution::convolution! {
            $(#[doc = $doc])*
            $name, $rank,
            #[doc = concat!(
                " `\"valid\"` keeps the window inside the ", $crate::layers::rank::words!($rank input), ", `\"same\"` pads the ",
                $crate::layers::rank::words!($rank input), " with zeros. Default: `\"valid\"`."
            )]
            padding: $crate::argument::Padding = $crate::argument::Padding::Valid,
        }
    };
    ($(#[doc = $doc:literal])* $name:ident, $rank:tt, $(#[doc = $padding_doc:expr])* padding: $padding:ty = $valid:expr,) => {
        $crate::layers::convolution::convolutional! {
            $(#[doc = $doc])*
            $name {
                /// The number of channels of the output.
                filters: $crate::argument::Size,
                #[doc = concat!(" ", $crate::layers::rank::words!($rank sizes), " of the window.")]
                kernel_size: $crate::argument::Kernel<$rank>,
                #[doc = concat!(" The step of the window", $crate::layers::rank::words!($rank along), ". Default: `1`.")]
                strides: $crate::argument::Kernel<$rank> = $crate::argument::Kernel([1; $rank]),
                $(#[doc = $padding_doc])*
                padding: $padding = $valid,
                        ..data_format,
                /// The distance between the window's taps. Default: `1`.
                dilation_rate: $crate::argument::Kernel<$rank> = $crate::argument::Kernel([1; $rank]),
                /// How many groups the channels are split into, each convolved on its own. Default: `1`.
                groups: std::num::NonZeroUsize = std::num::NonZeroUsize::MIN,
            }
            "the kernel": kernel_initializer, kernel_regularizer, kernel_constraint;
        }

        $crate::layers::convolution::windowed!($name, $rank);

        impl $crate::layer::Layer for $name {
            $crate::layers::arguments::activity!();

            fn infer(
                &self,
                inputs: &[$crate::shape::TensorType],
            ) -> Result<$crate::shape::TensorType, $crate::problem::Problem> {
                let (groups, filters) = (self.groups.get(), &self.filters.0);
                $crate::layers::convolution::infer_grouped(&self.windows(), groups, filters, &inputs[0])
            }

            fn weights(&self, inputs: &[$crate::shape::TensorType]) -> Vec<$crate::layer::WeightSpec> {
                let channels = $crate::layers::convolution::group_channels(inputs, self.groups.get());
                let kernel = $crate::layers::convolution::kernel(self.kernel_size.0, [channels, self.filters.0.clone()]);
                let bias = self.bias(self.filters.0.clone());
                $crate::layers::convolution::weights([("kernel", kernel, $crate::layers::arguments::care!(self.kernel))], bias)
            }

            $crate::layers::convolution::needs_of_convolution!();
        }
    };
}
pub(super) use convolution;

/// Declares a transposed convolution of so many dimensions, with the arguments that follow its padding in the order in which Keras has them.
macro_rules! transposed_convolution {
    ($(#[doc = $doc:literal])* $name:ident, $rank:tt, output_padding, data_format) => {
        $crate::layers::convolution::transposed_convolution! {
            @with $(#[doc = $doc])* $name, $rank,
            {
                #[doc = $crate::layers::convolution::output_padding_words!($rank)]
                output_padding: Option<$crate::argument::Extra<$rank>> = None,
                        ..data_format,
            }
        }
    };
    ($(#[doc = $doc:literal])* $name:ident, $rank:tt, data_format, output_padding) => {
        $crate::layers::convolution::transposed_convolution! {
            @with $(#[doc = $doc])* $name, $rank,
            {
                        ..data_format,
                #[doc = $crate::layers::convolution::output_padding_words!($rank)]
                output_padding: Option<$crate::argument::Extra<$rank>> = None,
            }
        }
    };
    (@with $(#[doc = $doc:literal])* $name:ident, $rank:tt, { $($after_padding:tt)* }) => {
        $crate::layers::convolution::convolutional! {
            $(#[doc = $doc])*
            $name {
                /// The number of channels of the output.
                filters: $crate::argument::Size,
                #[doc = concat!(" ", $crate::layers::rank::words!($rank sizes), " of the window.")]
                kernel_size: $crate::argument::Kernel<$rank>,
                #[doc = concat!(
                    " The step from ", $crate::layers::rank::words!($rank element), "'s window to the next",
                    $crate::layers::rank::words!($rank along), ". Default: `1`."
                )]
                strides: $crate::argument::Kernel<$rank> = $crate::argument::Kernel([1; $rank]),
                /// `"valid"` keeps all of every window, `"same"` makes the output `strides` times as large as the input. Default: `"valid"`.
                padding: $crate::argument::Padding = $crate::argument::Padding::Valid,
                $($after_padding)*
                /// The distance between the window's taps. Default: `1`.
                dilation_rate: $crate::argument::Kernel<$rank> = $crate::argument::Kernel([1; $rank]),
            }
            "the kernel": kernel_initializer, kernel_regularizer, kernel_constraint;
        }

        $crate::layers::convolution::windowed!($name, $rank);

        impl $name {
            #[doc = concat!(" How much longer the output is", $crate::layers::rank::words!($rank along), ", where that was given.")]
            #[must_use]
            pub fn output_paddings(&self) -> [Option<usize>; $rank] {
                $crate::layers::convolution::output_paddings(self.output_padding)
            }
        }

        impl $crate::layer::Layer for $name {
            $crate::layers::arguments::activity!();

            fn infer(
                &self,
                inputs: &[$crate::shape::TensorType],
            ) -> Result<$crate::shape::TensorType, $crate::problem::Problem> {
                let (paddings, filters) = (self.output_paddings(), &self.filters.0);
                $crate::layers::convolution::infer_transposed(&self.windows(), paddings, filters, &inputs[0])
            }

            fn weights(&self, inputs: &[$crate::shape::TensorType]) -> Vec<$crate::layer::WeightSpec> {
                let channels = [self.filters.0.clone(), $crate::layers::activated::last_size(inputs)];
                let kernel = $crate::layers::convolution::kernel(self.kernel_size.0, channels);
                let bias = self.bias(self.filters.0.clone());
                $crate::layers::convolution::weights([("kernel", kernel, $crate::layers::arguments::care!(self.kernel))], bias)
            }

            $crate::layers::convolution::needs_of_convolution!();
        }
    };
}
pub(super) use transposed_convolution;

macro_rules! output_padding_words {
    (1) => {
        " How many elements the output has more at its end; less than the strides. Default: `None`."
    };
    (2) => {
        " How many rows below and columns to the right the output has more; less than the strides. Default: `None`."
    };
    (3) => {
        " How many planes behind, rows below and columns to the right the output has more; less than the strides. Default: `None`."
    };
}
pub(super) use output_padding_words;

/// Declares a convolution of so many dimensions of each channel on its own.
macro_rules! depthwise_convolution {
    ($(#[doc = $doc:literal])* $name:ident, $rank:tt) => {
        $crate::layers::convolution::convolutional! {
            $(#[doc = $doc])*
            $name {
                #[doc = concat!(" ", $crate::layers::rank::words!($rank sizes), " of the window.")]
                kernel_size: $crate::argument::Kernel<$rank>,
                #[doc = concat!(" The step of the window", $crate::layers::rank::words!($rank along), ". Default: `1`.")]
                strides: $crate::argument::Kernel<$rank> = $crate::argument::Kernel([1; $rank]),
                #[doc = concat!(
                    " `\"valid\"` keeps the window inside the ", $crate::layers::rank::words!($rank input), ", `\"same\"` pads the ",
                    $crate::layers::rank::words!($rank input), " with zeros. Default: `\"valid\"`."
                )]
                padding: $crate::argument::Padding = $crate::argument::Padding::Valid,
                /// How many channels each channel becomes. Default: `1`.
                depth_multiplier: std::num::NonZeroUsize = std::num::NonZeroUsize::MIN,
                        ..data_format,
                /// The distance between the window's taps. Default: `1`.
                dilation_rate: $crate::argument::Kernel<$rank> = $crate::argument::Kernel([1; $rank]),
            }
            "the kernel": depthwise_initializer, depthwise_regularizer, depthwise_constraint;
        }

        $crate::layers::convolution::windowed!($name, $rank);

        impl $crate::layer::Layer for $name {
            $crate::layers::arguments::activity!();

            fn infer(
                &self,
                inputs: &[$crate::shape::TensorType],
            ) -> Result<$crate::shape::TensorType, $crate::problem::Problem> {
                let filters = $crate::layers::convolution::multiplied::<$rank>(self.depth_multiplier.get(), &inputs[0])?;
                $crate::layers::convolution::infer(&self.windows(), &filters, &inputs[0])
            }

            fn weights(&self, inputs: &[$crate::shape::TensorType]) -> Vec<$crate::layer::WeightSpec> {
                let (channels, multiplier) = ($crate::layers::activated::last_size(inputs), self.depth_multiplier.get().into());
                let filters = channels.saturating_mul(&multiplier);
                let kernel = $crate::layers::convolution::kernel(self.kernel_size.0, [channels, multiplier]);
                let bias = self.bias(filters);
                $crate::layers::convolution::weights([("kernel", kernel, $crate::layers::arguments::care!(self.depthwise_kernel))], bias)
            }

            $crate::layers::convolution::needs_of_convolution!();
        }
    };
}
pub(super) use depthwise_convolution;

/// Declares a convolution of so many dimensions of each channel on its own, and then across channels.
macro_rules! separable_convolution {
    ($(#[doc = $doc:literal])* $name:ident, $rank:tt) => {
        $crate::layers::convolution::convolutional! {
            $(#[doc = $doc])*
            $name {
                /// The number of channels of the output.
                filters: $crate::argument::Size,
                #[doc = concat!(" ", $crate::layers::rank::words!($rank sizes), " of the window.")]
                kernel_size: $crate::argument::Kernel<$rank>,
                #[doc = concat!(" The step of the window", $crate::layers::rank::words!($rank along), ". Default: `1`.")]
                strides: $crate::argument::Kernel<$rank> = $crate::argument::Kernel([1; $rank]),
                #[doc = concat!(
                    " `\"valid\"` keeps the window inside the ", $crate::layers::rank::words!($rank input), ", `\"same\"` pads the ",
                    $crate::layers::rank::words!($rank input), " with zeros. Default: `\"valid\"`."
                )]
                padding: $crate::argument::Padding = $crate::argument::Padding::Valid,
                        ..data_format,
                /// The distance between the window's taps. Default: `1`.
                dilation_rate: $crate::argument::Kernel<$rank> = $crate::argument::Kernel([1; $rank]),
                /// How many channels each channel becomes before they are mixed. Default: `1`.
                depth_multiplier: std::num::NonZeroUsize = std::num::NonZeroUsize::MIN,
            }
            "the kernel of the channels": depthwise_initializer, depthwise_regularizer, depthwise_constraint;
            "the kernel across channels": pointwise_initializer, pointwise_regularizer, pointwise_constraint;
        }

        $crate::layers::convolution::windowed!($name, $rank);

        impl $crate::layer::Layer for $name {
            $crate::layers::arguments::activity!();

            fn infer(
                &self,
                inputs: &[$crate::shape::TensorType],
            ) -> Result<$crate::shape::TensorType, $crate::problem::Problem> {
                $crate::layers::convolution::multiplied::<$rank>(self.depth_multiplier.get(), &inputs[0])?;
                $crate::layers::convolution::infer(&self.windows(), &self.filters.0, &inputs[0])
            }

            fn weights(&self, inputs: &[$crate::shape::TensorType]) -> Vec<$crate::layer::WeightSpec> {
                let (channels, multiplier) = ($crate::layers::activated::last_size(inputs), self.depth_multiplier.get().into());
                let between = channels.saturating_mul(&multiplier);
                let depthwise = $crate::layers::convolution::kernel(self.kernel_size.0, [channels, multiplier]);
                let pointwise = $crate::layers::convolution::kernel([1; $rank], [between, self.filters.0.clone()]);
                let kernels = [
                    ("depthwise_kernel", depthwise, $crate::layers::arguments::care!(self.depthwise_kernel)),
                    ("pointwise_kernel", pointwise, $crate::layers::arguments::care!(self.pointwise_kernel)),
                ];
                let bias = self.bias(self.filters.0.clone());
                $crate::layers::convolution::weights(kernels, bias)
            }

            fn needs(&self, inputs: &[$crate::shape::Shape], output: &$crate::shape::Shape) -> $crate::layer::Needs {
                let activation = self.activation.needs(&output.count());
                $crate::layers::convolution::needs_between(self.depth_multiplier.get(), &inputs[0], output, activation)
            }
        }
    };
}
pub(super) use separable_convolution;

/// What a separable convolution needs, whose activation needs that.
pub(super) fn needs_between(multiplier: usize, input: &Shape, output: &Shape, activation: Needs) -> Needs {
    let channels = input.0.last().cloned().unwrap_or_default().saturating_mul(&Dim::from(multiplier));
    let between = Space::per_sample(output.with(output.rank().saturating_sub(1), channels).count());
    Needs {
        inputs: true,
        saved: between.and(&activation.saved), // what lies between the convolutions, then what the activation leaves
        forward_scratch: between.clone(),
        backward_scratch: between,
        ..activation
    }
}
