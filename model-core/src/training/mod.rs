//! Training: what Keras calls `compile`, `fit`, `evaluate` and `predict`, for every [`Network`](crate::network::Network).
//!
//! ```
//! use model_core::losses::MeanSquaredError;
//! use model_core::metrics::MeanAbsoluteError;
//! use model_core::optimizers::Adam;
//! use model_core::training::{Fit, Predict, Train, Verbose};
//! use ndarray::Array1;
//!
//! # let graph = model_graph::config::from_json(r#"{"class_name": "Sequential", "config": {"name": "line", "layers": [
//! #     {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 1]}},
//! #     {"class_name": "Dense", "config": {"name": "line", "units": 1}}]}}"#).unwrap();
//! # let mut model = model_core::interpret::Model::new(graph, 42).unwrap();
//! let x = Array1::linspace(-1.0, 1.0, 100);
//! let y = x.mapv(|x| 3.0 * x + 1.0);
//! let mut trainer = model.compile(Adam::new(0.1), MeanSquaredError::new()).metric(MeanAbsoluteError);
//! let history = trainer.fit((&x, &y), Fit { epochs: 50, verbose: Verbose::Silent, ..Fit::default() })?;
//! assert_eq!(history.names(), ["loss", "mean_absolute_error"]);
//!
//! let scores = trainer.evaluate((&x, &y))?;
//! assert!(scores["mean_absolute_error"] < 0.01);
//! let predicted = model.predict(&Array1::from_vec(vec![2.0]))?;
//! assert_eq!(predicted.shape(), [1, 1]);
//! assert!((predicted[[0, 0]] - 7.0).abs() < 0.1);
//! # Ok::<(), model_core::Error>(())
//! ```

mod class_weight;
mod distributed;
mod epochs;
mod evaluate;
mod feed;
mod fit;
mod flow;
mod given;
mod history;
mod interrupt;
mod notice;
mod order;
mod own_step;
mod passing;
mod pieces;
mod predict;
mod progress;
mod room;
mod scores;
mod setup;
mod step;
mod tally;
mod trainer;

use std::path::Path;

pub use crate::kernels::matmul::WeightPrecision;
pub use class_weight::ClassWeight;
pub use evaluate::Evaluate;
pub use fit::{Fit, IntoFit, ValidationFreq};
pub use history::History;
pub(crate) use history::quoted;
pub(crate) use order::step_seed;
pub use own_step::{Judging, Reporting, StepBatch, TestStep, TrainStep, Written};
pub use predict::{Predict, Predictor};
pub use progress::{Verbose, print_to_stderr};
pub use scores::Scores;
pub(crate) use setup::OutputMetric;
pub use trainer::Trainer;

use crate::custom::CustomObjects;
use crate::error::Result;
use crate::file;
use crate::losses::IntoLosses;
use crate::network::Trainable;
use crate::optimizers::{BuiltOptimizer, IntoOptimizer};

/// How training starts.
pub trait Train: Trainable<f32> + Sized {
    /// A trainer of this model. An optimiser that was built before goes on where it stands.
    fn compile(&mut self, optimizer: impl IntoOptimizer, losses: impl IntoLosses) -> Trainer<'_, Self> {
        let optimizer = optimizer.prepare(self);
        Trainer::new(self, optimizer, losses.into_losses())
    }

    /// A trainer that goes on where the one that saved the file stood, to the same bits as if it had not stopped.
    ///
    /// # Errors
    /// If the file is not whole, not of this model, or has no training in it. The model is then as it was.
    fn resume(&mut self, path: impl AsRef<Path>) -> Result<Trainer<'_, Self>> {
        self.resume_with(path, &CustomObjects::new())
    }

    /// The same, of training with losses and metrics of the user's own.
    ///
    /// # Errors
    /// As those of [`resume`](Self::resume); also if one of the file's is not among these.
    fn resume_with(&mut self, path: impl AsRef<Path>, custom_objects: &CustomObjects) -> Result<Trainer<'_, Self>> {
        file::resume(self, path.as_ref(), custom_objects)
    }

    /// The optimiser of a file, to train by hand with: that of [`BuiltOptimizer::save`] or of [`Trainer::save`]. The model gets the file's
    /// weights.
    ///
    /// # Errors
    /// If the file is not whole, not of this model, or has no optimiser in it. The model is then as it was.
    fn resume_optimizer(&mut self, path: impl AsRef<Path>) -> Result<BuiltOptimizer> {
        self.resume_optimizer_with(path, &CustomObjects::new())
    }

    /// The same, of an optimiser with a learning rate of the user's own.
    ///
    /// # Errors
    /// As those of [`resume_optimizer`](Self::resume_optimizer); also if the file's learning rate is not among these.
    fn resume_optimizer_with(&mut self, path: impl AsRef<Path>, custom_objects: &CustomObjects) -> Result<BuiltOptimizer> {
        file::resume_optimizer(self, path.as_ref(), custom_objects)
    }
}

impl<N: Trainable<f32>> Train for N {}
