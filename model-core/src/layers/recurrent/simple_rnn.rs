//! Running the simple recurrent layer.

use model_graph::layers::SimpleRNN;

use crate::float::Float;
use crate::kernels::recurrent::Simple;
use crate::layer::{Backward, Forward, Run};
use crate::layers::accessors::accessors;
use crate::layers::recurrence::{self, kind, way};

accessors!(SimpleRNN {
    always {
        /// What the inputs are multiplied with, `[features, units]`.
        kernel, kernel_mut;
        /// What the state is multiplied with, `[units, units]`.
        recurrent_kernel, recurrent_kernel_mut;
    }
    optional {
        /// The bias, `[units]`, where the layer has one.
        bias, bias_mut;
    }
});

fn cell(layer: &SimpleRNN) -> Simple {
    Simple { activation: kind(layer.activation), units: layer.units.get() }
}

impl<T: Float> Run<T> for SimpleRNN {
    fn forward(&self, call: Forward<'_, T>) {
        recurrence::forward(&cell(self), way!(self), call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        recurrence::backward(&cell(self), way!(self), call);
    }
}
