//! Running the dropout that keeps mean and variance.

use model_graph::layers::AlphaDropout;

use crate::float::Float;
use crate::kernels::dropout;
use crate::layer::{Backward, Forward, Run};
use crate::layers::noise;

impl<T: Float> Run<T> for AlphaDropout {
    crate::layers::derived::derived!(offset);

    fn forward(&self, call: Forward<'_, T>) {
        noise::forward(self.seed, call, |x, y, key| dropout::alpha_forward(x, y, self.rate.0, key));
    }

    fn backward(&self, call: Backward<'_, T>) {
        noise::backward(self.seed, call, |d_y, d_x, key, accumulate| {
            dropout::alpha_backward(d_y, d_x, self.rate.0, key, accumulate)
        });
    }
}
