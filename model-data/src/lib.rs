//! Streams of batches, data sets, and what is done to data before a model sees it.
//!
//! It knows of models only what they take: arrays, and examples of inputs and targets.

#[cfg(feature = "csv")]
pub mod csv;
pub mod dataset;
pub mod datasets;
mod error;
pub mod imagenet;
#[cfg(feature = "images")]
pub mod images;
pub mod npy;
pub mod preprocessing;
mod setters;
mod source;
pub mod utils;

pub use error::{DataError, FoundSize};
