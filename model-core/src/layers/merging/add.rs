//! Running the sum of tensors.

use model_graph::layers::Add;

use crate::float::Float;
use crate::kernels::elementwise::Merge;
use crate::layer::{Backward, Forward, Run};
use crate::layers::merge;

impl<T: Float> Run<T> for Add {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        merge::forward(Merge::Add, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        merge::backward(Merge::Add, call);
    }
}
