//! What the layers share that combine tensors element by element.

use crate::few::Few;
use crate::float::Float;
use crate::kernels::elementwise::{self, Merge};
use crate::kernels::stretched::{self, Stretched};
use crate::layer::{Backward, Forward, View};

/// The inputs' elements, if all are of the output's shape: then none is stretched.
fn alike<'a, T: Float>(inputs: &[View<'a, T>], output: &[usize]) -> Option<Few<&'a [T]>> {
    inputs.iter().all(|input| input.shape == output).then(|| inputs.iter().map(|input| input.data).collect())
}

fn stretched<'a, T: Float>(inputs: &[View<'a, T>], output: &'a [usize]) -> Few<Stretched<'a, T>> {
    inputs.iter().map(|input| Stretched::new(input.data, input.shape, output)).collect()
}

pub(super) fn forward<T: Float>(merge: Merge, call: Forward<'_, T>) {
    match alike(call.inputs, call.output_shape) {
        Some(inputs) => elementwise::forward(merge, &inputs, call.output),
        None => stretched::forward(merge, &stretched(call.inputs, call.output_shape), call.output),
    }
}

pub(super) fn backward<T: Float>(merge: Merge, call: Backward<'_, T>) {
    let gradients = call.d_inputs.iter_mut().enumerate().filter_map(|(index, gradient)| Some((index, gradient.as_mut()?)));
    if let Some(inputs) = alike(call.inputs, call.output.shape) {
        gradients.for_each(|(index, gradient)| {
            elementwise::backward(merge, &inputs, call.d_output, index, gradient.data, gradient.accumulate);
        });
    } else {
        let inputs = stretched(call.inputs, call.output.shape);
        gradients.for_each(|(index, gradient)| {
            stretched::backward(merge, &inputs, call.d_output, index, gradient.data, gradient.accumulate);
        });
    }
}
