//! Running the putting together of tensors.

use model_graph::layers::Join;
use model_graph::layers::operations::join::JoinFunction;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};
use crate::layers::join;

impl<T: Float> Run<T> for Join {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        join::forward(self.axis, self.function == JoinFunction::Stack, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        join::backward(self.axis, self.function == JoinFunction::Stack, call);
    }
}
