//! What the layers share that combine tensors of one shape element by element.

use crate::few::Few;
use crate::float::Float;
use crate::kernels::elementwise::{self, Merge};
use crate::layer::{Backward, Forward};

pub(super) fn forward<T: Float>(merge: Merge, call: Forward<'_, T>) {
    let inputs: Few<&[T]> = call.inputs.iter().map(|input| input.data).collect();
    elementwise::forward(merge, &inputs, call.output);
}

pub(super) fn backward<T: Float>(merge: Merge, call: Backward<'_, T>) {
    let inputs: Few<&[T]> = call.inputs.iter().map(|input| input.data).collect();
    for (index, gradient) in call.d_inputs.iter_mut().enumerate() {
        if let Some(gradient) = gradient {
            elementwise::backward(merge, &inputs, call.d_output, index, gradient.data, gradient.accumulate);
        }
    }
}
