//! Training on several ranks: threads of one process, or processes on one machine and on many, which share every batch.
//!
//! Each rank runs the same program on the same data. Of every batch it takes its share, and what must be known of the others is exchanged, so that
//! weights, losses, metrics and what callbacks are told agree on all ranks to the bit: [`Trainer::distribute`](crate::training::Trainer::distribute).
//!
//! ```
//! use functional_model::distribution::{DataParallel, Threads};
//! use functional_model::prelude::*;
//! use ndarray::Array1;
//!
//! functional_model! {
//!     model Line(x: [1]) -> [1] { Dense(1)(x) }
//! }
//!
//! let x = Array1::linspace(0.0, 1.0, 64);
//! let train = |ranks: DataParallel| {
//!     let mut model = Line::new(42);
//!     let mut trainer = model.compile(SGD::new(0.1), MeanSquaredError::new()).distribute(ranks);
//!     trainer.fit((&x, &x), Fit::epochs(2).verbose(Verbose::Silent))
//! };
//! let on_four = Threads::run(4, train)?;
//! assert_eq!(on_four[3], on_four[0]);
//! assert_eq!(on_four[0], train(DataParallel::alone())?);
//! # Ok::<(), Error>(())
//! ```

mod group;
mod meeting;
#[cfg(feature = "mpi")]
mod mpi;
mod overlap;
mod passes;
mod pieces;
mod problem;
mod sums;
#[cfg(test)]
mod tests;
mod threads;

use std::fmt;
use std::sync::{Arc, Mutex};

pub(crate) use self::group::{Moment, checksum, together};
pub(crate) use self::meeting::Meeting;
#[doc(hidden)]
pub use self::meeting::Seat;
#[cfg(feature = "mpi")]
pub use self::mpi::Mpi;
#[doc(hidden)]
pub use self::overlap::Watch;
pub(crate) use self::overlap::{Overlap, Place, calls};
#[doc(hidden)]
pub use self::passes::{Piece, RunPiece, in_threads};
pub(crate) use self::pieces::{Pieces, tree};
pub use self::problem::Problem;
pub(crate) use self::sums::Sums;
pub use self::threads::Threads;
use crate::error::{Error, Result};

/// Ranks that exchange bytes with each other: what training on several of them needs of an engine.
///
/// All else is made of this one call: gathering, sums in a fixed order, agreeing.
pub trait Collective: Send + Sync {
    /// The number of this rank, from 0.
    fn rank(&self) -> usize;

    /// How many ranks there are.
    fn size(&self) -> usize;

    /// Gives bytes to another rank and takes bytes of it, which calls this at the same time. Both know how many each gives; it may be none.
    ///
    /// # Errors
    /// If the other rank is not there any more: [`Problem::Lost`].
    fn exchange(&self, with: usize, give: &[u8], take: &mut [u8]) -> Result<()>;
}

/// A process by itself.
struct Alone;

impl Collective for Alone {
    fn rank(&self) -> usize {
        0
    }

    fn size(&self) -> usize {
        1
    }

    fn exchange(&self, with: usize, _give: &[u8], _take: &mut [u8]) -> Result<()> {
        Err(Problem::Lost { rank: with, why: "there is one rank only".to_owned() }.into())
    }
}

/// Ranks that share every batch, each with all of the model: Keras's `DataParallel`.
///
/// A batch is cut into pieces, consecutive samples, as many whatever the number of ranks; each rank takes as many of them. What is summed over samples is
/// summed in one order over pieces. So training on any number of ranks, one among them, comes to the same bits where the number of pieces is the same.
///
/// Source: <https://keras.io/api/distribution/data_parallel/>.
#[derive(Clone)]
pub struct DataParallel {
    collective: Arc<dyn Collective>,
    pieces: usize,
    /// How many numbers are summed at a time.
    bucket: usize,
    /// The last error of this rank that the others have been told.
    told: Arc<Mutex<Option<String>>>,
}

impl DataParallel {
    /// These ranks, with batches in 8 pieces, and gradients in buckets of 4 MiB.
    #[must_use]
    pub fn new(collective: impl Collective + 'static) -> Self {
        Self { collective: Arc::new(collective), pieces: 8, bucket: 1 << 20, told: Arc::default() }
    }

    /// One rank, which trains to the same bits as several.
    #[must_use]
    pub fn alone() -> Self {
        Self::new(Alone)
    }

    /// With batches in so many pieces: a power of two, and no fewer than there are ranks. More pieces let more ranks share a batch, and are smaller ones,
    /// which take longer; results have other bits, as sums have another order.
    #[must_use]
    pub fn pieces(self, pieces: usize) -> Self {
        Self { pieces, ..self }
    }

    /// With gradients in buckets of so many bytes, at least of one number: PyTorch's `bucket_cap_mb`. A bucket is summed over the ranks beside the rest of
    /// the way back, as soon as its gradients are there; smaller ones set out earlier, and take more exchanges. Results have the same bits.
    #[must_use]
    pub fn bucket_bytes(self, bytes: usize) -> Self {
        Self { bucket: (bytes / size_of::<f32>()).max(1), ..self }
    }

    /// The number of this rank, from 0.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.collective.rank()
    }

    /// How many ranks there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.collective.size()
    }

    /// Whether this is the rank that prints and writes files: the first.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.rank() == 0
    }

    /// How many numbers are summed at a time.
    pub(crate) fn bucket(&self) -> usize {
        self.bucket
    }

    /// How batches of so many samples are cut.
    pub(crate) fn cut(&self, samples: usize) -> Pieces {
        Pieces { samples, count: self.pieces, rank: self.rank(), ranks: self.size() }
    }

    /// Checks that these ranks can share anything.
    fn check_ranks(&self) -> Result<()> {
        let ranks = self.size();
        if ranks.is_power_of_two() { Ok(()) } else { Err(Problem::Ranks { ranks }.into()) }
    }

    /// Checks that they can share batches.
    fn check(&self) -> Result<()> {
        self.check_ranks()?;
        let (ranks, pieces) = (self.size(), self.pieces);
        if !pieces.is_power_of_two() {
            let (owner, argument, expected) = ("DataParallel", "pieces", "a power of two");
            return Err(Error::Argument { owner, argument, expected, found: pieces.to_string() });
        }
        if pieces < ranks { Err(Problem::Pieces { ranks, pieces }.into()) } else { Ok(()) }
    }
}

impl fmt::Debug for DataParallel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [rank, size] = [self.rank(), self.size()];
        f.debug_struct("DataParallel").field("rank", &rank).field("size", &size).field("pieces", &self.pieces).finish()
    }
}
