//! Running layer normalisation.

use model_graph::layers::LayerNormalization;

use crate::float::Float;
use crate::kernels::layer_normalization::{self as kernel, Affine};
use crate::kernels::transpose;
use crate::layer::{Backward, Forward, Gradient, Run, Weight};
use crate::layers::accessors::accessors;
use crate::layers::geometry::around;
use crate::layers::pass;

accessors!(LayerNormalization {
    always {}
    optional {
        /// The scale of each element of the axis, where the layer has one.
        gamma, gamma_mut;
        /// The offset of each element of the axis, where the layer has one.
        beta, beta_mut;
    }
});

fn find<'w, T: Float>(weights: &'w [Weight<T>], name: &str) -> Option<&'w [T]> {
    weights.iter().find(|weight| weight.name == name).map(|weight| &*weight.data)
}

/// The size of the axis, and of what lies behind it.
fn sizes(layer: &LayerNormalization, shape: &[usize]) -> [usize; 2] {
    let axis = layer.axis.0.in_sample(shape.len()).expect("the shape rule has checked the axis");
    let [_, size, inner] = around(1, shape, axis);
    [size, inner]
}

/// The normalised input and each row's inverse deviation, in what forward leaves.
fn parts<T>(saved: &mut [T], len: usize, size: usize) -> [&mut [T]; 2] {
    let (normal, inverse) = if saved.is_empty() { saved.split_at_mut(0) } else { saved.split_at_mut(len) };
    let rows = (len / size).min(inverse.len());
    [normal, &mut inverse[..rows]]
}

/// Writes the gradients of the weights, or adds to them.
fn weight_gradients<T: Float>(normal: &[T], d_y: &[T], size: usize, gradients: &mut [Weight<T>], accumulate: bool) {
    kernel::affine_gradient(normal, d_y, size, |j, d_gamma, d_beta| {
        for weight in &mut *gradients {
            let d = if weight.name == "gamma" { d_gamma } else { d_beta };
            weight.data[j] = if accumulate { weight.data[j] + d } else { d };
        }
    });
}

impl<T: Float> Run<T> for LayerNormalization {
    fn forward(&self, call: Forward<'_, T>) {
        let Forward { weights, inputs, output, saved, scratch, .. } = call;
        let [size, inner] = sizes(self, inputs[0].shape);
        let affine = Affine { gamma: find(weights, "gamma"), beta: find(weights, "beta") };
        let saved = parts(saved, output.len(), size);
        if inner == 1 {
            return kernel::forward(inputs[0].data, size, affine, self.epsilon.0, saved, output);
        }
        let (x, y) = scratch[..2 * output.len()].split_at_mut(output.len());
        transpose::swap(inputs[0].data, x, [size, inner]);
        kernel::forward(x, size, affine, self.epsilon.0, saved, y);
        transpose::swap(y, output, [inner, size]);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let Backward { context, weights, inputs, d_output, d_inputs, gradients, saved, scratch, .. } = call;
        let [size, inner] = sizes(self, inputs[0].shape);
        let gamma = find(weights, "gamma");
        let [normal, inverse] = parts(saved, d_output.len(), size);
        if inner == 1 {
            weight_gradients(normal, d_output, size, gradients, context.accumulate);
            if let Some(Gradient { data, accumulate }) = &mut d_inputs[0] {
                kernel::backward([normal, inverse], size, gamma, d_output, data, *accumulate);
            }
            return;
        }
        let (d_y, d_x) = scratch[..2 * d_output.len()].split_at_mut(d_output.len());
        transpose::swap(d_output, d_y, [size, inner]);
        weight_gradients(normal, d_y, size, gradients, context.accumulate);
        kernel::backward([normal, inverse], size, gamma, d_y, d_x, false);
        transpose::swap(d_x, d_output, [inner, size]);
        pass::on(d_output, d_inputs);
    }
}
