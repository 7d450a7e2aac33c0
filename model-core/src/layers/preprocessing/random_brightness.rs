//! Running the change of images' brightness.

use model_graph::layers::RandomBrightness;

use crate::float::Float;
use crate::kernels::augment::Change;
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::image;
use crate::layers::noise;

fn change(layer: &RandomBrightness, shape: &[usize], key: u64) -> Change {
    let [height, width, channels] = image(shape);
    let [least, largest] = layer.value_range.0;
    let between = layer.factor.0.map(|factor| factor * (largest - least));
    Change { sizes: [height * width, channels], between, range: layer.value_range.0, key }
}

impl<T: Float> Run<T> for RandomBrightness {
    fn forward(&self, call: Forward<'_, T>) {
        let shape = call.output_shape;
        noise::forward(self.seed, call, |x, y, key| change(self, shape, key).brighten(x, y));
    }

    fn backward(&self, call: Backward<'_, T>) {
        let input = call.inputs[0];
        noise::backward(self.seed, call, |d_y, d_x, key, accumulate| {
            change(self, input.shape, key).brighten_backward(input.data, d_y, d_x, accumulate);
        });
    }
}
