//! Tensors, layers at run time, training, saving and drawing.
//!
//! It runs what `model-graph` describes and knows no syntax.

mod activity;
pub mod any;
#[doc(hidden)]
pub mod arguments;
pub mod callbacks;
pub mod check;
pub mod compiled;
#[doc(hidden)]
pub mod constants;
pub mod custom;
pub mod distribution;
pub mod elements;
pub mod error;
mod few;
pub mod file;
pub mod given;
pub mod initialize;
pub mod interpret;
#[doc(hidden)]
pub mod keras;
pub mod layer;
mod layers;
pub mod losses;
pub mod memory;
pub mod metrics;
pub mod module;
pub mod network;
pub mod optimizers;
#[doc(hidden)]
pub mod outline;
pub mod pass;
mod penalty;
pub mod plot;
pub mod profile;
pub mod random;
pub mod schedules;
pub mod slots;
pub mod states;
pub mod tensor;
pub mod training;
pub mod variable;

pub use error::{Error, Result};
pub(crate) use model_kernels::{self as kernels, finite};
pub use model_kernels::{buffer, elementary, float, threads};
