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

/// The gradient of inputs that have none, which counts as zero.
pub(super) fn nothing<T: Float>(d_inputs: &mut [Option<Gradient<'_, T>>]) {
    for gradient in d_inputs.iter_mut().flatten().filter(|gradient| !gradient.accumulate) {
        gradient.data.fill(T::ZERO);
    }
}

/// Runs a layer whose output has its input's elements, where a copy is wanted; of most, plans make a view.
macro_rules! view {
    ($layer:ident) => {
        impl<T: $crate::float::Float> $crate::layer::Run<T> for $layer {
            crate::layers::derived::derived!(|_layer, call| Ok(Derived::Inputs(vec![Some(call.d()?.reshaped(call.shape(0))?)])));

            fn forward(&self, call: $crate::layer::Forward<'_, T>) {
                $crate::kernels::elementwise::copy(call.output, call.inputs[0].data);
            }

            fn backward(&self, call: $crate::layer::Backward<'_, T>) {
                $crate::layers::pass::on(call.d_output, call.d_inputs);
            }
        }
    };
}
pub(super) use view;
