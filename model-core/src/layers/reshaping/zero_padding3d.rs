//! Running the padding of volumes with zeros.

use model_graph::layers::ZeroPadding3D;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};
use crate::layers::border;

impl<T: Float> Run<T> for ZeroPadding3D {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        border::pad(&self.padding.0, call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        border::pad_backward(&self.padding.0, call);
    }
}
