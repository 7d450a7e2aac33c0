//! Running the search for the largest and the smallest along an axis.

use model_graph::layers::Places;
use model_graph::layers::operations::places::PlacesFunction;

use crate::float::Float;
use crate::kernels::operation::place;
use crate::layer::{Backward, Forward, Run};
use crate::layers::{geometry::along, pass};

impl<T: Float> Run<T> for Places {
    crate::layers::derived::derived!(nothing);

    fn forward(&self, call: Forward<'_, T>) {
        let shape = call.inputs[0].shape;
        let is_largest = self.function == PlacesFunction::Argmax;
        place::forward(is_largest, call.inputs[0].data, along(self.axis, call.context.batch, shape), call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        pass::nothing(call.d_inputs);
    }
}
