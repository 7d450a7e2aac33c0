//! Running the long short-term memory.

use model_graph::layers::LSTM;

use crate::float::Float;
use crate::kernels::recurrent::Lstm;
use crate::layer::{Backward, Forward, Run};
use crate::layers::accessors::accessors;
use crate::layers::recurrence::{self, kind, way};

accessors!(LSTM {
    always {
        /// What the inputs are multiplied with, `[features, 4 * units]`.
        kernel, kernel_mut;
        /// What the state is multiplied with, `[units, 4 * units]`.
        recurrent_kernel, recurrent_kernel_mut;
    }
    optional {
        /// The bias, `[4 * units]`, where the layer has one.
        bias, bias_mut;
    }
});

fn cell(layer: &LSTM) -> Lstm {
    Lstm { activation: kind(layer.activation), gates: kind(layer.recurrent_activation), units: layer.units.get() }
}

impl<T: Float> Run<T> for LSTM {
    fn forward(&self, call: Forward<'_, T>) {
        recurrence::forward(&cell(self), way!(self), call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        recurrence::backward(&cell(self), way!(self), call);
    }
}
