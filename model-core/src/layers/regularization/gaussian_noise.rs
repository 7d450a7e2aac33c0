//! Running normal noise.

use model_graph::layers::GaussianNoise;

use crate::float::Float;
use crate::kernels::noise as kernel;
use crate::layer::{Backward, Forward, Run};
use crate::layers::{noise, pass};

impl<T: Float> Run<T> for GaussianNoise {
    crate::layers::derived::derived!(|_layer, call| Ok(Derived::Inputs(vec![Some(call.d()?.clone())])));

    fn forward(&self, call: Forward<'_, T>) {
        noise::forward(self.seed, call, |x, y, key| kernel::add(x, y, self.stddev.0, key));
    }

    fn backward(&self, call: Backward<'_, T>) {
        pass::on(call.d_output, call.d_inputs);
    }
}
