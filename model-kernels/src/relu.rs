//! The derivative of the relu that kernels apply themselves.
#![allow(unsafe_code)] // parts of a slice for several threads

use super::fused::Fused;
use super::pointer::Shared;
use crate::float::Float;
use crate::threads::parallel;

/// Elements of a task.
const PART: usize = 1 << 14;

/// Turns the gradient of a fused activation's result into that of its operand. `output` is the result; it is not read without an activation.
///
/// # Panics
/// If there is an activation and the lengths differ.
pub fn fused_gradient<T: Float>(fused: Fused, output: &[T], gradient: &mut [T]) {
    match fused {
        Fused::None => {}
        Fused::Relu => relu_gradient(output, gradient),
    }
}

/// Sets `gradient` to zero where `output` is not positive.
fn relu_gradient<T: Float>(output: &[T], gradient: &mut [T]) {
    assert_eq!(output.len(), gradient.len(), "a gradient and what it is the gradient of");
    let len = output.len();
    let to = Shared::new(gradient);
    parallel(len.div_ceil(PART), |part| {
        let first = part * PART;
        let output = &output[first..(first + PART).min(len)];
        // SAFETY: tasks have disjoint parts of the gradient, which is as long as the output.
        let gradient = unsafe { std::slice::from_raw_parts_mut(to.get().add(first), output.len()) };
        for (gradient, &output) in gradient.iter_mut().zip(output) {
            *gradient = if output > T::ZERO { *gradient } else { T::ZERO };
        }
    });
}
