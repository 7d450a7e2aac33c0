//! Running the turning of images.

use model_graph::layers::RandomFlip;

use crate::float::Float;
use crate::kernels::augment::{Flip, flip};
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::image;
use crate::layers::noise;

fn turn(layer: &RandomFlip, shape: &[usize]) -> Flip {
    Flip { sizes: image(shape), vertical: layer.mode.vertical, horizontal: layer.mode.horizontal }
}

impl<T: Float> Run<T> for RandomFlip {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        let turn = turn(self, call.output_shape);
        noise::forward(self.seed, call, |x, y, key| flip(x, y, turn, key, false));
    }

    fn backward(&self, call: Backward<'_, T>) {
        let turn = turn(self, call.output.shape);
        noise::backward(self.seed, call, |d_y, d_x, key, accumulate| flip(d_y, d_x, turn, key, accumulate));
    }
}
