//! Tensors, kernels, layers at run time, training, saving and drawing.
//!
//! It runs what `model-graph` describes and knows no syntax.

pub mod any;
pub mod buffer;
pub mod elementary;
pub(crate) mod few;
pub mod float;
pub mod initialize;
pub mod interpret;
pub mod kernels;
pub mod layer;
mod layers;
pub mod network;
pub mod random;
pub mod threads;
