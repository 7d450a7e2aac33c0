//! Running the crop to a part that is drawn.

use model_graph::layers::RandomCrop;

use crate::float::Float;
use crate::kernels::augment::Crop;
use crate::kernels::resize::Filter;
use crate::layer::{Backward, Context, Forward, Run};
use crate::layers::geometry::image;
use crate::layers::noise;
use crate::layers::resize::{Resize, cut_to_proportions, plane, whole};

/// How an image becomes its output.
enum Way {
    /// A part of it is drawn.
    Drawn(Crop),
    /// Its middle is resized.
    Resized(Resize),
}

fn way(layer: &RandomCrop, context: Context<'_>, key: u64, input: &[usize], output: &[usize]) -> Way {
    let ([height, width], to) = (plane(input), plane(output));
    if context.training && height > to[0] && width > to[1] {
        return Way::Drawn(Crop { from: image(input), to, key: noise::key(layer.seed, key) });
    }
    let axes = cut_to_proportions(whole([height, width], to, Filter::Bilinear, false));
    Way::Resized(Resize { axes, filling: 0.0 })
}

impl<T: Float> Run<T> for RandomCrop {
    crate::layers::derived::derived!(offset);

    fn forward(&self, call: Forward<'_, T>) {
        let input = call.inputs[0];
        match way(self, call.context, call.key, input.shape, call.output_shape) {
            Way::Drawn(crop) => crop.forward(input.data, call.output),
            Way::Resized(resize) => resize.forward(call),
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        match (way(self, call.context, call.key, call.inputs[0].shape, call.output.shape), &mut call.d_inputs[0]) {
            (Way::Drawn(crop), Some(gradient)) => crop.backward(call.d_output, gradient.data, gradient.accumulate),
            (Way::Drawn(_), None) => {}
            (Way::Resized(resize), _) => resize.backward(call),
        }
    }
}
