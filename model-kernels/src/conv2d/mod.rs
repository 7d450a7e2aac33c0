//! Convolutions in two dimensions: channels last, the kernel as Keras has it, `[height][width][channels / groups][filters]`.
//!
//! Windows are read where they lie, and parts of the kernel (or of the input, where a pixel has few results) are rearranged on a task's stack.
//! Windows of 3 x 3 go through planes where that takes fewer multiplications, for which the kernel is rearranged as a whole: by each call, or
//! once for many ([`prepare`]).

mod backward;
mod forward;
mod geometry;
mod input_gradient;
pub(crate) mod planes;
mod prepared;
pub mod transposed;
mod weight_gradient;

pub use backward::{Gradients, Saved, backward};
pub use forward::forward;
pub use geometry::Geometry;
pub use input_gradient::input_gradient;
pub use prepared::{forward_prepared, prepare, prepared_len};
pub use weight_gradient::weight_gradient;

#[cfg(test)]
mod tests;
