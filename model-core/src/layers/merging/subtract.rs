//! Running the difference of tensors.

use model_graph::layers::Subtract;

use crate::float::Float;
use crate::kernels::elementwise::Merge;
use crate::layer::{Backward, Forward, Run};
use crate::layers::merge;

impl<T: Float> Run<T> for Subtract {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        merge::forward(Merge::Subtract, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        merge::backward(Merge::Subtract, call);
    }
}
