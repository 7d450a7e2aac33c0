//! Handing a gradient on that has the input's elements already.

use crate::float::Float;
use crate::kernels::elementwise;
use crate::layer::Gradient;

/// The gradient of the only input is `d_output`.
pub(super) fn on<T: Float>(d_output: &[T], d_inputs: &mut [Option<Gradient<'_, T>>]) {
    if let Some(gradient) = &mut d_inputs[0] {
        match gradient.accumulate {
            true => elementwise::accumulate(gradient.data, d_output),
            false => elementwise::copy(gradient.data, d_output),
        }
    }
}
