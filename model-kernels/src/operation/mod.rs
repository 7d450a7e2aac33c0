//! Operations on tensors that are no layers of their own: functions of each element, arithmetic of two tensors or of a tensor and a number,
//! reductions along axes, and slices.

pub mod arithmetic;
pub mod choose;
pub mod pointwise;
pub mod reduce;
pub mod slice;

use crate::float::Float;

/// What is true is 1, what is false 0.
#[inline(always)]
fn truth<T: Float>(is_true: bool) -> T {
    if is_true { T::ONE } else { T::ZERO }
}
