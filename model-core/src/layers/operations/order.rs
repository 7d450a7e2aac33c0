//! Running the reordering of axes.

use model_graph::layers::Order;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};
use crate::layers::turn;

impl<T: Float> Run<T> for Order {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        let rank = call.output_shape.len();
        turn::forward(|place| self.axis_at(place, rank), call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let rank = call.output.shape.len();
        turn::backward(|place| self.axis_at(place, rank), call);
    }
}
