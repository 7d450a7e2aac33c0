//! Model files: one safetensors file with the weights by path, and one metadata key with a JSON document: the configuration as Keras writes
//! it, the training configuration and state where there are any, and a checksum of every byte.
//!
//! A file is written whole or not at all, by way of another one beside it, `.saving-model.safetensors-a1B2c3`: where a program was killed
//! while it saved, the next that saves under the name removes what it left. Names end in `.safetensors`, or have no ending.
//!
//! A file is read with suspicion: nothing in it runs, nothing is allocated that the file does not hold, every number is finite, and a model
//! is changed only after all has been checked.
//!
//! ```
//! use model_core::file::Save;
//! use model_core::interpret::Model;
//! use model_core::losses::MeanSquaredError;
//! use model_core::optimizers::SGD;
//! use model_core::training::{Fit, Predict, Train, Verbose};
//! use ndarray::array;
//!
//! # let graph = model_graph::config::from_json(r#"{"class_name": "Sequential", "config": {"name": "line", "layers": [
//! #     {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 1]}},
//! #     {"class_name": "Dense", "config": {"name": "line", "units": 1}}]}}"#).unwrap();
//! # let mut model = Model::new(graph, 42).unwrap();
//! # let folder = tempfile::tempdir().unwrap();
//! # let (saved, checkpoint) = (folder.path().join("model"), folder.path().join("checkpoint"));
//! let (x, y) = (array![0.0, 1.0, 2.0], array![1.0, 3.0, 5.0]);
//! let fit = || Fit { epochs: 2, verbose: Verbose::Silent, ..Fit::default() };
//!
//! model.save(&saved)?;
//! let same = Model::load(&saved)?;
//! assert_eq!(same.predict(&x)?, model.predict(&x)?);
//!
//! let mut trainer = model.compile(SGD::new(0.1).momentum(0.9), MeanSquaredError::new());
//! trainer.fit((&x, &y), fit())?;
//! trainer.save(&checkpoint)?;
//! let mut again = Model::load(&checkpoint)?;
//! let mut resumed = again.resume(&checkpoint)?;
//! assert_eq!(resumed.fit((&x, &y), fit())?, trainer.fit((&x, &y), fit())?);
//! # Ok::<(), model_core::Error>(())
//! ```

#[doc(hidden)]
pub mod atomic;
mod container;
mod content;
mod contents;
mod difference;
mod ending;
#[cfg(feature = "onnx")]
mod export;
mod keras;
mod kind;
mod load;
mod pieces;
mod problem;
mod tensors;
mod training;

use std::path::Path;

pub use contents::{Contents, Kind, read_bytes};
pub(crate) use difference::difference;
#[cfg(feature = "onnx")]
pub use export::Export;
pub use load::Differences;
pub(crate) use load::load;
#[doc(hidden)]
pub use model_exchange::regular;
pub use problem::FileProblem;
pub(crate) use training::{compile_config, restore, resume, resume_optimizer, save_optimizer, save_training};

use crate::error::{Error, Result};
use crate::network::{Network, Trainable};

/// How a model is saved, and how its weights are loaded.
pub trait Save: Network<f32> + Sized {
    /// Saves the configuration and the weights, which any reader of safetensors can read.
    ///
    /// # Errors
    /// If the name ends as another format's does, a weight is infinite or NaN, or the file cannot be written. What was there before is
    /// then still there.
    fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        tensors::save(self, path).map_err(|problem| Error::File { path: path.to_owned(), problem })
    }

    /// Saves the weights alone: as Keras 3 does where the name ends in `.weights.h5`, otherwise as safetensors, each under its path, `conv2d/kernel`.
    ///
    /// # Errors
    /// If the name ends as another format's does, or the file cannot be written. What was there before is then still there.
    fn save_weights(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        tensors::save_weights(self, path).map_err(|problem| Error::File { path: path.to_owned(), problem })
    }

    /// Loads the weights from a file of this very model; what it may hold for training is passed over.
    ///
    /// The file is one of this library's, an archive of Keras's (`.keras`) whose layers may have other names, or one of weights alone: Keras's
    /// `.weights.h5`, an `.h5` of Keras 1 or 2, of weights or of a whole model, or safetensors that go by paths. Those of `.h5` files go by
    /// the layers' order.
    ///
    /// # Errors
    /// If the file is not whole or not of this model: all that is missing, unexpected, or of another shape is listed. The model is then as
    /// it was.
    fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<()>
    where
        Self: Trainable<f32>,
    {
        let path = path.as_ref();
        load::load_weights(self, path).map_err(|problem| Error::File { path: path.to_owned(), problem })
    }

    /// Loads from a file the weights of those layers that go by the same names, and leaves the others as they are: Keras's
    /// `load_weights(by_name=True)`, of any file that [`load_weights`](Self::load_weights) reads. With `skip_mismatch` weights of other shapes
    /// are left as they are, too. What was not loaded is told.
    ///
    /// # Errors
    /// If the file is not whole; without `skip_mismatch`, if a weight is of another shape. The model is then as it was.
    fn load_weights_by_name(&mut self, path: impl AsRef<Path>, skip_mismatch: bool) -> Result<Differences>
    where
        Self: Trainable<f32>,
    {
        let path = path.as_ref();
        let loaded = load::load_weights_by_name(self, path, skip_mismatch);
        loaded.map_err(|problem| Error::File { path: path.to_owned(), problem })
    }
}

impl<N: Network<f32>> Save for N {}
