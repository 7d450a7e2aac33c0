//! Running the gated recurrent unit.

use model_graph::layers::GRU;

use crate::float::Float;
use crate::kernels::recurrent::Gru;
use crate::layer::{Backward, Forward, Run};
use crate::layers::accessors::accessors;
use crate::layers::recurrence::{self, Way, kind};

accessors!(GRU {
    always {
        /// What the inputs are multiplied with, `[features, 3 * units]`.
        kernel, kernel_mut;
        /// What the state is multiplied with, `[units, 3 * units]`.
        recurrent_kernel, recurrent_kernel_mut;
    }
    optional {
        /// The bias, `[2, 3 * units]`, for inputs and for the state, where the layer has one.
        bias, bias_mut;
    }
});

fn cell(layer: &GRU) -> Gru {
    Gru { activation: kind(layer.activation), gates: kind(layer.recurrent_activation), units: layer.units.get() }
}

fn way(layer: &GRU) -> Way {
    Way { units: layer.units.get(), returns_all: layer.return_sequences, is_backwards: layer.go_backwards }
}

impl<T: Float> Run<T> for GRU {
    fn forward(&self, call: Forward<'_, T>) {
        recurrence::forward(&cell(self), way(self), call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        recurrence::backward(&cell(self), way(self), call);
    }
}
