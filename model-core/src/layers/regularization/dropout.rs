//! Running dropout.

use model_graph::layers::Dropout;

use crate::float::Float;
use crate::kernels::dropout;
use crate::layer::{Backward, Forward, Run};
use crate::layers::noise;

impl<T: Float> Run<T> for Dropout {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        noise::forward(self.seed, call, |x, y, key| dropout::forward(x, y, self.rate.0, key));
    }

    fn backward(&self, call: Backward<'_, T>) {
        noise::backward(self.seed, call, |d_y, d_x, key, accumulate| dropout::backward(d_y, d_x, self.rate.0, key, accumulate));
    }
}
