//! Training: what Keras calls `compile`, `fit`, `evaluate` and `predict`, for every [`Network`].

mod fit;
mod guard;
mod history;
mod order;
mod predict;
mod progress;
mod room;
mod scores;
mod setup;
mod step;
mod tally;
mod trainer;

use std::path::Path;

pub use fit::Fit;
pub use history::History;
pub use predict::{Predict, Predictor};
pub use progress::Verbose;
pub use scores::Scores;
pub(crate) use setup::OutputMetric;
pub use trainer::Trainer;

use crate::error::Result;
use crate::file;
use crate::losses::Losses;
use crate::network::Network;
use crate::optimizers::Optimizer;

/// How training starts.
pub trait Train: Network<f32> + Sized {
    /// A trainer of this model.
    fn compile(&mut self, optimizer: impl Into<Optimizer>, losses: impl Into<Losses>) -> Trainer<'_, Self> {
        Trainer::new(self, optimizer.into(), losses.into())
    }

    /// A trainer that goes on where the one that saved the file stood, to the same bits as if it had not stopped.
    ///
    /// # Errors
    /// If the file is not whole, not of this model, or has no training in it. The model is then as it was.
    fn resume(&mut self, path: impl AsRef<Path>) -> Result<Trainer<'_, Self>> {
        file::resume(self, path.as_ref())
    }
}

impl<N: Network<f32>> Train for N {}
