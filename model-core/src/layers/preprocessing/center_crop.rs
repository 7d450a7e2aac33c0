//! Running the crop to a middle.

use model_graph::layers::CenterCrop;

use crate::float::Float;
use crate::kernels::resize::Filter;
use crate::layer::{Backward, Forward, Run};
use crate::layers::resize::{Resize, cut_to_proportions, middle, plane, whole};

/// What is left of an image that is large enough is its middle; another is made larger.
fn resize(input: &[usize], output: &[usize]) -> Resize {
    let ([height, width], to) = (plane(input), plane(output));
    let axes = whole([height, width], to, Filter::Bilinear, false);
    let is_large = height >= to[0] && width >= to[1];
    Resize { axes: if is_large { middle(axes, to) } else { cut_to_proportions(axes) }, filling: 0.0 }
}

impl<T: Float> Run<T> for CenterCrop {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        resize(call.inputs[0].shape, call.output_shape).forward(call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        resize(call.inputs[0].shape, call.output.shape).backward(call);
    }
}
