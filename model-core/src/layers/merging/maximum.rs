//! Running the maximum of tensors.

use model_graph::layers::Maximum;

use crate::float::Float;
use crate::kernels::elementwise::Merge;
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::{derived, fold};
use crate::layers::merge;

impl<T: Float> Run<T> for Maximum {
    derived!(|_layer, call| fold(&call.inputs()?, |a, b| a.maximum(b)));

    fn forward(&self, call: Forward<'_, T>) {
        merge::forward(Merge::Maximum, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        merge::backward(Merge::Maximum, call);
    }
}
