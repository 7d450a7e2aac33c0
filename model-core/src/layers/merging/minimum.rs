//! Running the minimum of tensors.

use model_graph::layers::Minimum;

use crate::float::Float;
use crate::kernels::elementwise::Merge;
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::{derived, fold};
use crate::layers::merge;

impl<T: Float> Run<T> for Minimum {
    derived!(|_layer, call| fold(&call.inputs()?, |a, b| a.minimum(b)));

    fn forward(&self, call: Forward<'_, T>) {
        merge::forward(Merge::Minimum, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        merge::backward(Merge::Minimum, call);
    }
}
