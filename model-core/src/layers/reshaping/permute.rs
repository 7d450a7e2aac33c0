//! Running the reordering of axes.

use model_graph::layers::Permute;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};
use crate::layers::turn;

impl<T: Float> Run<T> for Permute {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        turn::forward(|place| self.dims.0[place] - 1, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        turn::backward(|place| self.dims.0[place] - 1, call);
    }
}
