//! Running triangles of matrices.

use model_graph::layers::Triangle;
use model_graph::layers::operations::triangle::TriangleFunction;

use crate::float::Float;
use crate::kernels::operation::triangle;
use crate::layer::{Backward, Forward, Run};

fn run<T: Float>(layer: &Triangle, x: &[T], shape: &[usize], y: &mut [T], accumulate: bool) {
    let [.., rows, columns] = *shape else { return };
    triangle::run(layer.function == TriangleFunction::Tril, layer.k.0, x, [rows, columns], y, accumulate);
}

impl<T: Float> Run<T> for Triangle {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        run(self, call.inputs[0].data, call.output_shape, call.output, false);
    }

    fn backward(&self, call: Backward<'_, T>) {
        if let Some(gradient) = &mut call.d_inputs[0] {
            run(self, call.d_output, call.output.shape, gradient.data, gradient.accumulate);
        }
    }
}
