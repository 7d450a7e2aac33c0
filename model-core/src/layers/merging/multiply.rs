//! Running the product of tensors.

use model_graph::layers::Multiply;

use crate::float::Float;
use crate::kernels::elementwise::Merge;
use crate::layer::{Backward, Forward, Run};
use crate::layers::merge;

impl<T: Float> Run<T> for Multiply {
    crate::layers::derived::derived!(multilinear);

    fn forward(&self, call: Forward<'_, T>) {
        merge::forward(Merge::Multiply, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        merge::backward(Merge::Multiply, call);
    }
}
