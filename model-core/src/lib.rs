//! Tensors, kernels, layers at run time, training, saving and drawing.
//!
//! It runs what `model-graph` describes and knows no syntax.

pub mod buffer;
pub mod datasets;
pub mod elementary;
pub mod float;
pub mod initialize;
pub mod kernels;
pub mod layer;
pub mod network;
pub mod random;
pub mod threads;
