//! Running the concatenation of tensors.

use model_graph::layers::Concatenate;

use crate::few::Few;
use crate::float::Float;
use crate::kernels::concatenate;
use crate::layer::{Backward, Forward, Run, View};
use crate::layers::geometry::around;

/// What each input contributes to a row of the output: the axis with all that comes behind it.
fn sizes<T>(layer: &Concatenate, inputs: &[View<'_, T>]) -> Few<usize> {
    let axis = layer.axis.in_sample(inputs[0].shape.len()).expect("the shape rule has checked the axis");
    let size = |input: &View<'_, T>| {
        let [_, size, inner] = around(1, input.shape, axis);
        size * inner
    };
    inputs.iter().map(size).collect()
}

impl<T: Float> Run<T> for Concatenate {
    fn forward(&self, call: Forward<'_, T>) {
        let inputs: Few<&[T]> = call.inputs.iter().map(|input| input.data).collect();
        concatenate::forward(&inputs, &sizes(self, call.inputs), call.output);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let sizes = sizes(self, call.inputs);
        for (index, gradient) in call.d_inputs.iter_mut().enumerate() {
            if let Some(gradient) = gradient {
                concatenate::backward(call.d_output, &sizes, index, gradient.data, gradient.accumulate);
            }
        }
    }
}
