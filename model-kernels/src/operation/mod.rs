//! Operations on tensors that are no layers of their own: functions of each element, arithmetic of two tensors or of a tensor and a number,
//! reductions along axes, slices, and what else moves or orders elements.

mod along;
pub mod arithmetic;
mod blocks;
pub mod choose;
pub mod difference;
pub mod gate;
pub mod one_hot;
pub mod place;
pub mod pointwise;
pub mod reduce;
pub mod relocate;
pub mod running;
pub mod scale;
pub mod slice;
pub mod sort;
pub mod take;
pub mod triangle;
pub mod tuned;

use crate::float::Float;

/// What is true is 1, what is false 0.
#[inline(always)]
fn truth<T: Float>(is_true: bool) -> T {
    if is_true { T::ONE } else { T::ZERO }
}
