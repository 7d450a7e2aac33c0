//! Running the taking of places and slices.

use model_graph::layers::GetItem;
use model_graph::shape::Shape;

use crate::float::Float;
use crate::kernels::operation::slice::{self, Cut};
use crate::layer::{Backward, Forward, Run};

/// What is taken along each axis of samples of these sizes.
fn cuts(layer: &GetItem, sizes: &[usize]) -> Vec<Cut> {
    let (taken, _) = layer.taken(&Shape::from(sizes)).expect("the shape rule has checked the places");
    let step = |step: i64| isize::try_from(step).expect("a step lies in its axis");
    taken.iter().map(|part| Cut { start: part.start, step: step(part.step), count: part.count.size().unwrap_or(1) }).collect()
}

impl<T: Float> Run<T> for GetItem {
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
