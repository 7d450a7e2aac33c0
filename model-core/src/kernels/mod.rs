//! The arithmetic: one folder or file a kernel, forward beside derivative.
//!
//! Kernels work on slices: dense, channels last, batch first. They know no graph, no layer and no model, check nothing that a
//! layer has checked, allocate nothing, and reduce in an order that does not depend on the number of threads.

pub mod conv2d;
pub mod fused;
pub mod matmul;

pub(crate) mod contract;
pub(crate) mod pointer;
pub mod relu;
pub(crate) mod simd;
#[cfg(test)]
pub(crate) mod testing;
