//! Running dropout.

use model_graph::layers::Dropout;

use crate::float::Float;
use crate::kernels::dropout::{self, shared};
use crate::layer::{Backward, Forward, Run};
use crate::layers::noise::{self, Chosen};

impl<T: Float> Run<T> for Dropout {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        let rate = self.rate.0;
        match &self.noise_shape {
            None => noise::forward(self.seed, call, |x, y, key| dropout::forward(x, y, rate, key)),
            Some(shape) => {
                let chosen = Chosen::of(shape, call.inputs[0].shape, &call.context);
                noise::forward(self.seed, call, |x, y, key| shared::apply(x, y, chosen.places(), rate, key, false));
            }
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        let rate = self.rate.0;
        match &self.noise_shape {
            None => {
                noise::backward(self.seed, call, |d_y, d_x, key, accumulate| dropout::backward(d_y, d_x, rate, key, accumulate))
            }
            Some(shape) => {
                let chosen = Chosen::of(shape, call.inputs[0].shape, &call.context);
                noise::backward(self.seed, call, |d_y, d_x, key, accumulate| {
                    shared::apply(d_y, d_x, chosen.places(), rate, key, accumulate);
                });
            }
        }
    }
}
