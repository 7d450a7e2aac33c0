//! Running `Identity` where a copy is wanted; plans make a view of it.

use model_graph::layers::Identity;

use crate::float::Float;
use crate::kernels::elementwise;
use crate::layer::{Backward, Forward, Run};
use crate::layers::pass;

impl<T: Float> Run<T> for Identity {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        elementwise::copy(call.output, call.inputs[0].data);
    }

    fn backward(&self, call: Backward<'_, T>) {
        pass::on(call.d_output, call.d_inputs);
    }
}
