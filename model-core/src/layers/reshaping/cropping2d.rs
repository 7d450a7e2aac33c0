//! Running the cropping of images.

use model_graph::layers::Cropping2D;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};
use crate::layers::border;

impl<T: Float> Run<T> for Cropping2D {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        border::crop(&self.cropping.0, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        border::crop_backward(&self.cropping.0, call);
    }
}
