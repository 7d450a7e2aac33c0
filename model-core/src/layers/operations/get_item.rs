//! Running the taking of places and slices.

use model_graph::layers::GetItem;

use crate::few::Few;
use crate::float::Float;
use crate::kernels::operation::slice::{self, Cut};
use crate::layer::{Backward, Forward, Run};

/// What is taken along each axis of samples of these sizes.
fn cuts(layer: &GetItem, sizes: &[usize]) -> Few<Cut> {
    let step = |step: i64| isize::try_from(step).expect("a step lies in its axis");
    layer.places(sizes).map(|(start, distance, count)| Cut { start, step: step(distance), count }).collect()
}

impl<T: Float> Run<T> for GetItem {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        let sizes = call.inputs[0].shape;
        slice::forward(call.inputs[0].data, sizes, &cuts(self, sizes), call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let sizes = call.inputs[0].shape;
        if let Some(gradient) = &mut call.d_inputs[0] {
            slice::backward(call.d_output, sizes, &cuts(self, sizes), gradient.data, gradient.accumulate);
        }
    }
}
