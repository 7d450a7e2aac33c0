//! Running the change of images' contrast.

use model_graph::layers::RandomContrast;

use crate::float::Float;
use crate::kernels::augment::Change;
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::image;
use crate::layers::noise;

fn change(layer: &RandomContrast, shape: &[usize], key: u64) -> Change {
    let [height, width, channels] = image(shape);
    let [low, high] = layer.factor.0;
    let between = [1.0 - low, 1.0 + high];
    Change { sizes: [height * width, channels], between, range: layer.value_range.0, key }
}

impl<T: Float> Run<T> for RandomContrast {
    fn forward(&self, call: Forward<'_, T>) {
        let shape = call.output_shape;
        noise::forward(self.seed, call, |x, y, key| change(self, shape, key).contrast(x, y));
    }

    fn backward(&self, call: Backward<'_, T>) {
        let input = call.inputs[0];
        noise::backward(self.seed, call, |d_y, d_x, key, accumulate| {
            change(self, input.shape, key).contrast_backward(input.data, d_y, d_x, accumulate);
        });
    }
}
