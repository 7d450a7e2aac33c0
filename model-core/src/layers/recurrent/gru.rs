//! Running the gated recurrent unit.

use model_graph::layers::GRU;

use crate::float::Float;
use crate::kernels::recurrent::{Gru, reset_before};
use crate::layer::{Backward, Forward, Run};
use crate::layers::accessors::accessors;
use crate::layers::recurrence::{self, kind, way};

accessors!(GRU {
    always {
        /// What the inputs are multiplied with, `[features, 3 * units]`.
        kernel, kernel_mut;
        /// What the state is multiplied with, `[units, 3 * units]`.
        recurrent_kernel, recurrent_kernel_mut;
    }
    optional {
        /// The bias, `[2, 3 * units]`, for inputs and for the state, or `[3 * units]` for inputs alone where the reset gate comes before the product
        /// with the kernel, where the layer has one.
        bias, bias_mut;
    }
});

fn cell(layer: &GRU) -> Gru {
    Gru { activation: kind(layer.activation), gates: kind(layer.recurrent_activation), units: layer.units.get() }
}

impl<T: Float> Run<T> for GRU {
    fn forward(&self, call: Forward<'_, T>) {
        let (cell, way) = (cell(self), way!(self));
        match self.reset_after {
            true => recurrence::forward(&cell, way, call),
            false => recurrence::forward_by(way, call, |sizes, weights, inputs, outputs, [saved, scratch]| {
                reset_before::forward(&cell, sizes, weights, inputs, outputs, saved, scratch);
            }),
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        let (cell, way) = (cell(self), way!(self));
        match self.reset_after {
            true => recurrence::backward(&cell, way, call),
            false => recurrence::backward_by(way, call, |sizes, reads, scratch, gradients| {
                reset_before::backward(&cell, sizes, reads, scratch, gradients);
            }),
        }
    }
}
