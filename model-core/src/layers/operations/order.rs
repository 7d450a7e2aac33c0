//! Running the reordering of axes.

use model_graph::layers::{Order, Permute};
use model_graph::shape::Shape;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};

fn permute(layer: &Order, sizes: &[usize]) -> Permute {
    layer.permute(&Shape::from(sizes)).expect("the shape rule has checked the axes")
}

impl<T: Float> Run<T> for Order {
    fn forward(&self, call: Forward<'_, T>) {
        permute(self, call.inputs[0].shape).forward(call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        permute(self, call.inputs[0].shape).backward(call);
    }
}
