//! Running a cell by itself: one step of the layer that it makes.

use model_graph::layers::SimpleRNNCell;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};
use crate::layers::accessors::accessors;
use crate::layers::cell;

accessors!(SimpleRNNCell {
    always {
        /// What the inputs are multiplied with, `[features, units]`.
        kernel, kernel_mut;
        /// What the state is multiplied with, `[units, units]`.
        recurrent_kernel, recurrent_kernel_mut;
    }
    optional {
        /// The bias, `[units]`, where the cell has one.
        bias, bias_mut;
    }
});

impl<T: Float> Run<T> for SimpleRNNCell {
    fn forward(&self, call: Forward<'_, T>) {
        cell::forward(&self.one_step(), call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        cell::backward(&self.one_step(), call);
    }
}
