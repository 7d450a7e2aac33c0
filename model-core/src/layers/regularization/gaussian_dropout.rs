//! Running normal noise that elements are multiplied with.

use model_graph::layers::GaussianDropout;

use crate::float::Float;
use crate::kernels::noise as kernel;
use crate::layer::{Backward, Forward, Run};
use crate::layers::noise;

/// The standard deviation of the noise.
fn deviation(layer: &GaussianDropout) -> f64 {
    (layer.rate.0 / (1.0 - layer.rate.0)).sqrt()
}

impl<T: Float> Run<T> for GaussianDropout {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        noise::forward(self.seed, call, |x, y, key| kernel::multiply(x, y, deviation(self), key, false));
    }

    fn backward(&self, call: Backward<'_, T>) {
        noise::backward(self.seed, call, |d_y, d_x, key, accumulate| {
            kernel::multiply(d_y, d_x, deviation(self), key, accumulate)
        });
    }
}
