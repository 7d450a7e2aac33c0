//! Running the simple recurrent layer.

use model_graph::layers::SimpleRNN;

use crate::float::Float;
use crate::kernels::recurrent::Simple;
use crate::layer::{Backward, Forward, Run};
use crate::layers::accessors::accessors;
use crate::layers::recurrence::{self, Way, kind};

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

fn way(layer: &SimpleRNN) -> Way {
    Way { units: layer.units.get(), returns_all: layer.return_sequences, is_backwards: layer.go_backwards }
}

impl<T: Float> Run<T> for SimpleRNN {
    fn forward(&self, call: Forward<'_, T>) {
        recurrence::forward(&cell(self), way(self), call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        recurrence::backward(&cell(self), way(self), call);
    }
}
