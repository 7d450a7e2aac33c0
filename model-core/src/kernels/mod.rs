//! The arithmetic: one folder or file a kernel, forward beside derivative.
//!
//! Kernels work on slices: dense, channels last, batch first. They know no graph, no layer and no model, check nothing that a
//! layer has checked, allocate nothing, and reduce in an order that does not depend on the number of threads.

pub mod activation;
pub mod batch_normalization;
pub(crate) mod chunks;
pub mod columns;
pub mod concatenate;
pub mod dropout;
pub mod elementwise;
pub mod global_pool2d;
pub(crate) mod lanes;
pub mod loss;
pub mod metric;
pub mod optimizer;
pub mod pool2d;
pub mod softmax_axis;
pub(crate) mod vectorize;
