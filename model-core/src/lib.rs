//! Tensors, kernels, layers at run time, training, saving and drawing.
//!
//! It runs what `model-graph` describes and knows no syntax.

pub mod any;
pub mod buffer;
pub mod check;
pub mod compiled;
#[doc(hidden)]
pub mod constants;
pub mod custom;
pub mod datasets;
pub mod elementary;
pub mod error;
pub(crate) mod few;
pub mod file;
mod finite;
pub mod float;
pub mod given;
pub mod initialize;
pub mod interpret;
mod keras;
pub mod kernels;
pub mod layer;
mod layers;
pub mod losses;
pub mod memory;
pub mod metrics;
pub mod network;
pub mod optimizers;
#[doc(hidden)]
pub mod outline;
pub mod plot;
pub mod random;
pub mod slots;
pub mod tape;
pub mod tensor;
pub mod threads;
pub mod training;

pub use error::{Error, Result};
