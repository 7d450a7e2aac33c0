//! What recurrent layers share over the rank whose input and state are convolved.

use crate::argument::{Kernel, Padding, Size};
use crate::dim::Dim;
use crate::layer::{Manner, Needs};
use crate::layers::activated::{known_size, require_axes};
use crate::layers::convolution::{require_one_of_strides_and_dilation, windows};
use crate::layers::rank::slide;
use crate::layers::recurrence::{self, Cell, Dropping};
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};
use crate::window::Window;

/// What a step works with.
pub(super) const CELL: Cell = Cell { gates: 4, saved: 6, has_two_gradients: false };

/// The axes of a sequence of tensors of so many dimensions.
const fn axes<const N: usize>() -> &'static [&'static str] {
    match N {
        1 => &["steps", "length", "channels"],
        2 => &["steps", "height", "width", "channels"],
        _ => &["steps", "depth", "height", "width", "channels"],
    }
}

/// The windows of the state's convolution, which keeps its sizes.
pub(super) fn state_windows<const N: usize>(kernel_size: Kernel<N>) -> [Window; N] {
    windows(kernel_size, Kernel([1; N]), Kernel([1; N]), Padding::Same)
}

/// `[steps, sizes.., channels]` to the state `[sizes'.., filters]`.
fn state<const N: usize>(windows: &[Window; N], filters: &Size, inputs: &[TensorType]) -> Result<TensorType, Problem> {
    let sizes = require_axes(&inputs[0], axes::<N>())?;
    require_one_of_strides_and_dilation(windows)?;
    known_size(&inputs[0].shape, sizes.len().saturating_sub(1))?;
    filters.0.mul(&Dim::constant(4)).ok_or(Problem::Overflow)?;
    let step = inputs[0].with_shape(Shape(sizes.get(1..).unwrap_or_default().to_vec()));
    let slid = slide(windows, &step)?;
    Ok(slid.with_shape(slid.shape.with(N, filters.0.clone())))
}

/// The output: the state after the last step, or after every one.
pub(super) fn infer<const N: usize>(
    windows: &[Window; N],
    filters: &Size,
    return_sequences: bool,
    inputs: &[TensorType],
) -> Result<TensorType, Problem> {
    let state = state(windows, filters, inputs)?;
    let steps = inputs[0].shape.0.iter().take(if return_sequences { 1 } else { 0 });
    Ok(state.with_shape(Shape(steps.chain(&state.shape.0).cloned().collect())))
}

/// The output, and with `return_state` state and carry.
pub(super) fn outputs<const N: usize>(
    windows: &[Window; N],
    filters: &Size,
    [return_sequences, return_state]: [bool; 2],
    (inputs, manner): (&[TensorType], Manner),
) -> Result<Vec<TensorType>, Problem> {
    let (output, state) = (infer(windows, filters, return_sequences, inputs)?, state(windows, filters, inputs)?);
    recurrence::outputs(output, state.shape, 2, return_state, (inputs, manner))
}

/// Checks that the sizes of a state that is kept are known: they are those of all batches.
pub(super) fn check_kept(input: &Shape) -> Result<(), Problem> {
    (1..input.rank()).try_for_each(|axis| known_size(input, axis).map(|_| ()))
}

/// The memory.
pub(super) fn needs<const N: usize>(
    window: [usize; N],
    filters: &Size,
    dropping: Dropping,
    (inputs, output): (&[Shape], &Shape),
) -> Needs {
    let product = |dims: &[Dim]| dims.iter().fold(Dim::constant(1), |product, dim| product.saturating_mul(dim));
    let (steps, step) = (&inputs[0].0[0], inputs[0].0.get(1..).unwrap_or_default());
    let state = output.0.get(output.rank().saturating_sub(N.saturating_add(1))..).unwrap_or_default();
    let taps = product(&window.map(Dim::from)).saturating_mul(&filters.0);
    let channels = step.last().cloned().unwrap_or_default();
    let kernels = [&channels, &filters.0].map(|channels| taps.saturating_mul(channels));
    CELL.needs_of(steps, [&product(step), &product(state)], kernels.each_ref(), dropping)
}

/// Declares a recurrent layer that convolves tensors of so many dimensions.
macro_rules! conv_lstm {
    ($(#[doc = $doc:literal])* $name:ident, $rank:tt) => {
        $crate::layer::layer! {
            $(#[doc = $doc])*
            $name {
                /// The number of channels of the state and of the output.
                filters: $crate::argument::Size,
                #[doc = concat!(" ", $crate::layers::rank::words!($rank sizes), " of the window.")]
                kernel_size: $crate::argument::Kernel<$rank>,
                #[doc = concat!(" The step of the input's window", $crate::layers::rank::words!($rank along), ". Default: `1`.")]
                strides: $crate::argument::Kernel<$rank> = $crate::argument::Kernel([1; $rank]),
                #[doc = concat!(
                    " `\"valid\"` keeps the input's window inside the ", $crate::layers::rank::words!($rank input),
                    ", `\"same\"` pads the ", $crate::layers::rank::words!($rank input),
                    " with zeros, as the state always is. Default: `\"valid\"`."
                )]
                padding: $crate::argument::Padding = $crate::argument::Padding::Valid,
                        ..data_format,
                /// The distance between the taps of the input's window. Default: `1`.
                dilation_rate: $crate::argument::Kernel<$rank> = $crate::argument::Kernel([1; $rank]),
                ..recurrent_activations,
                ..recurrent_initializers,
                ..unit_forget_bias,
                ..recurrent_regularizers,
                ..activity_regularizer,
                ..recurrent_constraints,
                ..recurrent_dropouts,
                ..seed,
                ..sequence,
                ..zero_output_for_mask,
            }
        }

        $crate::layers::convolution::windowed!($name, $rank);

        impl $name {
            #[doc = concat!(" The windows of the state's convolution, which keeps its ", $crate::layers::rank::words!($rank size), ".")]
            #[must_use]
            pub fn state_windows(&self) -> [$crate::window::Window; $rank] {
                $crate::layers::conv_recurrence::state_windows(self.kernel_size)
            }

            /// What is dropped while training.
            #[must_use]
            pub fn dropping(&self) -> $crate::layers::Dropping {
                let gates = $crate::layers::conv_recurrence::CELL.gates;
                $crate::layers::Dropping::of_convolutions(self.dropout, self.recurrent_dropout, gates)
            }
        }

        impl $crate::layer::Layer for $name {
            $crate::layers::arguments::activity!();

            const SLOTS: &'static [$crate::layer::Slot] = $crate::layers::recurrence::SLOTS;

            fn mask_use(&self) -> $crate::mask::MaskUse {
                $crate::layers::recurrence::mask_use(self.return_sequences)
            }

            fn infer(
                &self,
                inputs: &[$crate::shape::TensorType],
            ) -> Result<$crate::shape::TensorType, $crate::problem::Problem> {
                $crate::layers::conv_recurrence::infer(&self.windows(), &self.filters, self.return_sequences, inputs)
            }

            fn outputs(
                &self,
                inputs: &[$crate::shape::TensorType],
                manner: $crate::layer::Manner,
            ) -> Result<Vec<$crate::shape::TensorType>, $crate::problem::Problem> {
                let returned = [self.return_sequences, self.return_state];
                let outputs =
                    $crate::layers::conv_recurrence::outputs(&self.windows(), &self.filters, returned, (inputs, manner))?;
                if self.stateful {
                    $crate::layers::conv_recurrence::check_kept(&inputs[0].shape)?;
                }
                Ok(outputs)
            }

            fn keras_parts(&self) -> Vec<$crate::layer::Part<'_>> {
                $crate::layers::recurrence::parts()
            }

            fn weights(&self, inputs: &[$crate::shape::TensorType]) -> Vec<$crate::layer::WeightSpec> {
                let filters = &self.filters.0;
                let all = filters.saturating_mul(&4.into());
                let kernel = |channels| $crate::layers::convolution::kernel(self.kernel_size.0, [channels, all.clone()]);
                let care = $crate::layers::arguments::care!(self.kernel);
                let recurrent_care = $crate::layers::arguments::care!(self.recurrent_kernel);
                let bias = self.use_bias.then(|| (all.clone(), $crate::layers::arguments::care!(self.bias)));
                let kernels = [
                    ("kernel", kernel($crate::layers::activated::last_size(inputs)), care),
                    ("recurrent_kernel", kernel(filters.clone()), recurrent_care),
                ];
                let mut weights = $crate::layers::convolution::weights(kernels, bias);
                if let Some(bias) = weights.get_mut(2).filter(|_| self.unit_forget_bias) {
                    *bias = bias.clone().with_ones(filters.clone()..filters.saturating_mul(&2.into()));
                }
                weights
            }

            fn states(&self) -> usize {
                2
            }

            fn through(&self) -> Option<$crate::layer::Through> {
                let Self { return_sequences, return_state, go_backwards, zero_output_for_mask, .. } = *self;
                Some($crate::layer::Through { return_sequences, return_state, go_backwards, zero_output_for_mask })
            }

            fn keeps_states(&self) -> bool {
                self.stateful
            }

            fn kept_states(&self, inputs: &[$crate::shape::TensorType]) -> Vec<$crate::shape::Shape> {
                let returning = Self { stateful: false, return_state: true, ..self.clone() };
                $crate::layers::recurrence::kept_states(self.stateful, returning, inputs)
            }

            fn needs(&self, inputs: &[$crate::shape::Shape], output: &$crate::shape::Shape) -> $crate::layer::Needs {
                $crate::layers::conv_recurrence::needs(self.kernel_size.0, &self.filters, self.dropping(), (inputs, output))
            }
        }
    };
}
pub(super) use conv_lstm;
