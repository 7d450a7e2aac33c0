//! Running dropout.

use model_graph::layers::Dropout;

use crate::float::Float;
use crate::initialize::mix;
use crate::kernels::{dropout, elementwise};
use crate::layer::{Backward, Forward, Run};
use crate::layers::pass;

/// What the mask follows from.
fn key(layer: &Dropout, key: u64) -> u64 {
    layer.seed.map_or(key, |seed| mix(key, seed))
}

impl<T: Float> Run<T> for Dropout {
    fn forward(&self, call: Forward<'_, T>) {
        match call.context.training {
            true => dropout::forward(call.inputs[0].data, call.output, self.rate.0, key(self, call.key)),
            false => elementwise::copy(call.output, call.inputs[0].data),
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        if !call.context.training {
            return pass::on(call.d_output, call.d_inputs);
        }
        if let Some(gradient) = &mut call.d_inputs[0] {
            dropout::backward(call.d_output, gradient.data, self.rate.0, key(self, call.key), gradient.accumulate);
        }
    }
}
