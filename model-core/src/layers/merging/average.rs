//! Running the average of tensors.

use model_graph::layers::Average;

use crate::float::Float;
use crate::kernels::elementwise::Merge;
use crate::layer::{Backward, Forward, Run};
use crate::layers::merge;

impl<T: Float> Run<T> for Average {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        merge::forward(Merge::Average, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        merge::backward(Merge::Average, call);
    }
}
