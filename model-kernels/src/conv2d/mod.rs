//! Convolutions in two dimensions: channels last, the kernel as Keras has it, `[height][width][channels / groups][filters]`.
//!
//! No convolution needs scratch memory: windows are read where they lie, and parts of the kernel (or of the input, where a pixel has few
//! results) are rearranged on a task's stack.

mod backward;
mod forward;
mod geometry;
mod input_gradient;
pub(crate) mod planes;
pub mod transposed;
mod weight_gradient;

pub use backward::{Gradients, Saved, backward};
pub use forward::forward;
pub use geometry::Geometry;
pub use input_gradient::input_gradient;
pub use weight_gradient::weight_gradient;

#[cfg(test)]
mod tests;
