//! Running the dropout of whole channels of an image.

use model_graph::layers::SpatialDropout2D;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};
use crate::layers::noise;

impl<T: Float> Run<T> for SpatialDropout2D {
    fn forward(&self, call: Forward<'_, T>) {
        noise::spatial_forward(self.rate.0, self.seed, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        noise::spatial_backward(self.rate.0, self.seed, call);
    }
}
