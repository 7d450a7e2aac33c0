//! The arithmetic: one folder or file a kernel, forward beside derivative.
//!
//! Kernels work on slices: dense, channels last, batch first. They know no graph, no layer and no model, check nothing that a
//! layer has checked, allocate nothing, and reduce in an order that does not depend on the number of threads.

pub mod activation;
pub mod batch_normalization;
pub mod border;
pub(crate) mod chunks;
pub mod columns;
pub mod concatenate;
pub(crate) mod contract;
pub mod conv2d;
pub mod depthwise_conv2d;
pub mod dropout;
pub mod elementwise;
pub mod embedding;
pub mod fused;
pub mod global_pool2d;
pub(crate) mod lanes;
pub mod layer_normalization;
pub mod loss;
pub mod matmul;
pub mod metric;
pub mod optimizer;
pub mod permute;
pub(crate) mod pointer;
pub mod pool2d;
pub mod prelu;
pub mod recurrent;
pub mod relu;
pub(crate) mod simd;
pub mod softmax_axis;
pub mod stretched;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod transpose;
pub mod up_sampling;
pub(crate) mod vectorize;
