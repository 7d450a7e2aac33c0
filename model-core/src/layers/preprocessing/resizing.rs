//! Running the change of an image's size.

use model_graph::layers::Resizing;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::derived;
use crate::layers::resize::{Resize, cut_to_proportions, fill_to_proportions, filter, plane, whole};

fn resize(layer: &Resizing, input: &[usize], output: &[usize]) -> Resize {
    let axes = whole(plane(input), plane(output), filter(layer.interpolation), layer.antialias);
    let axes = match (layer.crop_to_aspect_ratio, layer.pad_to_aspect_ratio) {
        (true, _) => cut_to_proportions(axes),
        (false, true) => fill_to_proportions(axes),
        (false, false) => axes,
    };
    Resize { axes, filling: layer.fill_value.0 }
}

impl<T: Float> Run<T> for Resizing {
    derived!(|layer, _call| {
        let plain = model_graph::layers::Resizing { fill_value: model_graph::argument::Number(0.0), ..layer.clone() };
        Ok(Derived::As(Box::new(plain.into())))
    });

    fn forward(&self, call: Forward<'_, T>) {
        resize(self, call.inputs[0].shape, call.output_shape).forward(call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        resize(self, call.inputs[0].shape, call.output.shape).backward(call);
    }
}
