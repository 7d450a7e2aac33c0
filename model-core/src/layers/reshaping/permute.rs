//! Running the reordering of axes.

use model_graph::layers::Permute;

use crate::few::Few;
use crate::float::Float;
use crate::kernels::permute;
use crate::layer::{Backward, Forward, Run};

/// How far the elements of a shape lie apart along each of its axes.
fn strides(shape: &[usize]) -> Few<usize> {
    (0..shape.len()).map(|axis| shape[axis + 1..].iter().product()).collect()
}

impl<T: Float> Run<T> for Permute {
    fn forward(&self, call: Forward<'_, T>) {
        let strides = strides(call.inputs[0].shape);
        let turned: Few<usize> = self.dims.0.iter().map(|&axis| strides[axis - 1]).collect();
        permute::gather(call.inputs[0].data, &turned, call.output, call.output_shape, false);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let strides = strides(call.output.shape);
        let mut turned = strides.iter().copied().collect::<Few<usize>>();
        for (place, &axis) in self.dims.0.iter().enumerate() {
            turned[axis - 1] = strides[place];
        }
        if let Some(gradient) = &mut call.d_inputs[0] {
            permute::gather(call.d_output, &turned, gradient.data, call.inputs[0].shape, gradient.accumulate);
        }
    }
}
