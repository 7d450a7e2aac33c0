//! The arithmetic of functional-model, the library's own matter: depend on `functional-model`, not on this.
//!
//! One folder or file a kernel, forward beside derivative; below them what they are made of: vectors of the machine's instruction sets,
//! threads, buffers, the element types and their elementary functions.
//!
//! Kernels work on slices: dense, channels last, batch first. They know no graph, no layer and no model, check that slices are as long as
//! the sizes say and nothing else that a layer has checked, allocate nothing but the room that each thread keeps, and reduce in an order that does not depend on threads.

pub mod activation;
pub mod attention;
pub mod augment;
pub mod batch_normalization;
pub mod bins;
pub mod border;
pub mod buffer;
pub mod chunks;
pub mod columns;
pub mod concatenate;
pub mod constraint;
mod contract;
pub mod conv2d;
pub mod conv3d;
pub mod depthwise_conv2d;
pub mod dropout;
pub mod einsum;
pub mod elementary;
pub mod elementwise;
pub mod embedding;
pub mod finite;
pub mod float;
pub mod fused;
pub mod global_pool;
pub mod instruction_set;
pub mod lanes;
pub mod loss;
pub mod masking;
pub mod matmul;
pub mod metric;
pub mod noise;
pub mod normalization;
pub mod operation;
pub mod optimizer;
pub mod penalty;
pub mod permute;
mod pointer;
pub mod pool;
pub mod prelu;
pub mod recurrent;
pub mod relu;
pub mod resize;
mod simd;
pub mod sizes;
pub mod soft_cap;
pub mod softmax_axis;
pub mod stretched;
#[cfg(test)]
mod testing;
pub mod threads;
pub mod transpose;
pub mod up_sampling;
pub mod vectorize;
mod workspace;
