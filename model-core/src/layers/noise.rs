//! What layers share that make random choices while training, and give their input on otherwise.

use model_graph::argument::NoiseShape;

use crate::few::Few;
use crate::float::Float;
use crate::initialize::mix;
use crate::kernels::dropout::shared::{self, Places};
use crate::kernels::elementwise;
use crate::layer::{Backward, Context, Forward};
use crate::layers::pass;

/// Writes `noisy(input, output, key)` where the layer trains, and the input otherwise.
pub(super) fn forward<T: Float>(seed: Option<u64>, call: Forward<'_, T>, noisy: impl FnOnce(&[T], &mut [T], u64)) {
    let input = call.inputs[0].data;
    match call.context.training {
        true => noisy(input, call.output, key(seed, call.key)),
        false => elementwise::copy(call.output, input),
    }
}

/// Writes the gradient `noisy(d_output, d_input, key, accumulate)` where the layer trains, and the output's otherwise.
pub(super) fn backward<T: Float>(seed: Option<u64>, call: Backward<'_, T>, noisy: impl FnOnce(&[T], &mut [T], u64, bool)) {
    if !call.context.training {
        return pass::on(call.d_output, call.d_inputs);
    }
    if let Some(gradient) = &mut call.d_inputs[0] {
        noisy(call.d_output, gradient.data, key(seed, call.key), gradient.accumulate);
    }
}

/// What the choices follow from.
pub(super) fn key(seed: Option<u64>, key: u64) -> u64 {
    seed.map_or(key, |seed| mix(key, seed))
}

/// Where choices are made, of a shape that the shape rule has accepted.
pub(super) struct Chosen<'s> {
    shape: &'s [usize],
    apart: Few<bool>,
    samples: Option<usize>,
}

impl<'s> Chosen<'s> {
    /// Those of samples of a shape. Where samples share their choices, those of each step have their own, as if it were a batch by itself.
    pub(super) fn of(noise_shape: &NoiseShape, shape: &'s [usize], context: &Context<'_>) -> Self {
        let axes = shape.len() + 1;
        let shape = if shape.is_empty() { &[1] } else { shape };
        let apart = (0..shape.len()).map(|axis| noise_shape.is_apart(axis + 1, axes)).collect();
        Self { shape, apart, samples: (!noise_shape.is_apart(0, axes)).then_some(context.steps) }
    }

    /// The same, as the kernel takes it.
    pub(super) fn places(&self) -> Places<'_> {
        Places { shape: self.shape, apart: &self.apart, samples: self.samples }
    }
}

/// Drops channels, which are last.
pub(super) fn spatial_forward<T: Float>(rate: f64, seed: Option<u64>, call: Forward<'_, T>) {
    let sizes = sizes(call.inputs[0].shape);
    forward(seed, call, |x, y, key| shared::apply(x, y, channels(&sizes), rate, key, false));
}

/// The gradient of [`spatial_forward`].
pub(super) fn spatial_backward<T: Float>(rate: f64, seed: Option<u64>, call: Backward<'_, T>) {
    let sizes = sizes(call.inputs[0].shape);
    backward(seed, call, |d_y, d_x, key, accumulate| shared::apply(d_y, d_x, channels(&sizes), rate, key, accumulate));
}

/// Whole channels of each sample.
fn channels(sizes: &[usize; 2]) -> Places<'_> {
    Places { shape: sizes, apart: &[false, true], samples: None }
}

/// Runs a layer that drops channels.
macro_rules! spatial_dropout {
    ($layer:ty) => {
        impl<T: crate::float::Float> crate::layer::Run<T> for $layer {
            crate::layers::derived::derived!(linear);

            fn forward(&self, call: crate::layer::Forward<'_, T>) {
                crate::layers::noise::spatial_forward(self.rate.0, self.seed, call);
            }

            fn backward(&self, call: crate::layer::Backward<'_, T>) {
                crate::layers::noise::spatial_backward(self.rate.0, self.seed, call);
            }
        }
    };
}
pub(super) use spatial_dropout;

/// The positions and the channels of a sample.
fn sizes(shape: &[usize]) -> [usize; 2] {
    shape.split_last().map_or([1, 1], |(&channels, positions)| [positions.iter().product(), channels])
}
