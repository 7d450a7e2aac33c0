//! Running the erasing of patches of images.

use model_graph::argument::PerChannel;
use model_graph::layers::RandomErasing;

use crate::float::Float;
use crate::kernels::augment::Erasing;
use crate::layer::{Backward, Forward, Run};
use crate::layers::geometry::image;
use crate::layers::noise;

fn erasing<'l>(layer: &'l RandomErasing, shape: &[usize], key: u64) -> Erasing<'l> {
    Erasing {
        sizes: image(shape),
        probability: layer.factor.0,
        scale: layer.scale.0,
        filling: layer.fill_value.as_ref().map(PerChannel::numbers),
        range: layer.value_range.0,
        key,
    }
}

impl<T: Float> Run<T> for RandomErasing {
    crate::layers::derived::derived!(offset);

    fn forward(&self, call: Forward<'_, T>) {
        let shape = call.output_shape;
        noise::forward(self.seed, call, |x, y, key| erasing(self, shape, key).forward(x, y));
    }

    fn backward(&self, call: Backward<'_, T>) {
        let shape = call.output.shape;
        noise::backward(self.seed, call, |d_y, d_x, key, accumulate| {
            erasing(self, shape, key).backward(d_y, d_x, accumulate);
        });
    }
}
