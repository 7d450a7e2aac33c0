//! Running the enlargement of volumes.

use model_graph::layers::UpSampling3D;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};
use crate::layers::up_sampling;

impl<T: Float> Run<T> for UpSampling3D {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        up_sampling::repeat(self.size.0, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        up_sampling::repeat_backward(self.size.0, call);
    }
}
