//! Model files: one safetensors file with the weights by path, and one metadata key with a JSON document: the configuration as Keras writes
//! it, the training configuration and state where there are any, and a checksum of every byte.
//!
//! A file is written whole or not at all. It is read with suspicion: nothing in it runs, nothing is allocated that the file does not
//! hold, and a model is changed only after all has been checked.

mod atomic;
mod container;
mod difference;
mod load;
mod problem;
mod tensors;
mod training;

use std::path::Path;

pub(crate) use difference::difference;
pub use problem::FileProblem;
pub(crate) use training::{resume, save_training};

use crate::error::{Error, Result};
use crate::network::Network;

/// How a model is saved, and how its weights are loaded.
pub trait Save: Network<f32> + Sized {
    /// Saves the configuration and the weights, which any reader of safetensors can read.
    ///
    /// # Errors
    /// If the file cannot be written. What was there before is then still there.
    fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        tensors::save(self, path).map_err(|problem| Error::File { path: path.to_owned(), problem })
    }

    /// Loads the weights from a file of this very model; what it may hold for training is passed over.
    ///
    /// # Errors
    /// If the file is not whole or not of this model. The model is then as it was.
    fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        load::load_weights(self, path).map_err(|problem| Error::File { path: path.to_owned(), problem })
    }
}

impl<N: Network<f32>> Save for N {}
