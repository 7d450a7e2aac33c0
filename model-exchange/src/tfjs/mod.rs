//! Layers models of TensorFlow.js, both ways: a `model.json`, and beside it the weights in files of bytes, its shards.
//!
//! Read are models that TensorFlow.js has saved and those that its converter has made of Keras's; weights of 8 and 16 bits become the numbers
//! that TensorFlow.js takes them for. Graph models, which are operations and no layers, are refused.
//!
//! Source: `tfjs_layers_loader`, `write_weights` and `quantization` of the Python package `tensorflowjs` 4.22, and `tfjs-layers` 4.22.

mod error;
mod manifest;
mod names;
mod read;
mod shards;
mod supported;
mod topology;
mod write;

pub use error::{Misshapen, TfjsError, Unsupported};
pub use read::{Read, read};
pub use shards::{Folder, Shards};
pub use write::{Files, write};

#[cfg(test)]
mod tests;
