//! Running the concatenation of tensors.

use model_graph::layers::Concatenate;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};
use crate::layers::join;

impl<T: Float> Run<T> for Concatenate {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        join::forward(self.axis, false, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        join::backward(self.axis, false, call);
    }
}
