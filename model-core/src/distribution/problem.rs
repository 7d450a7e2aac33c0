//! What can go wrong among ranks, in words.

/// What is wrong with training on several ranks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The number of ranks is no power of two.
    #[error("{ranks} ranks cannot share a batch: expected 1, 2, 4, 8, or another power of two\nhelp: start as many")]
    Ranks {
        /// How many there are.
        ranks: usize,
    },
    /// There are more ranks than pieces of a batch.
    #[error(
        "{ranks} ranks cannot share {pieces} pieces of a batch: expected a piece at least for each\nhelp: cut batches into more, \
         `DataParallel::new(..).pieces({ranks})`; results have other bits then"
    )]
    Pieces {
        /// How many ranks there are.
        ranks: usize,
        /// How many pieces.
        pieces: usize,
    },
    /// A batch has fewer samples than there are ranks.
    #[error(
        "{ranks} ranks cannot share batches of {samples}: expected a sample at least for each\nhelp: give a larger `batch_size`"
    )]
    Batch {
        /// How many ranks there are.
        ranks: usize,
        /// The samples of a batch.
        samples: usize,
    },
    /// The trainer does something that ranks cannot share.
    #[error("{what} cannot be shared among ranks\nhelp: leave out `distribute`, or do without")]
    Unshared {
        /// What it does.
        what: &'static str,
    },
    /// Something went wrong on another rank.
    #[error("rank {rank} has failed: {message}")]
    Failed {
        /// Which rank.
        rank: usize,
        /// What its error says.
        message: String,
    },
    /// Another rank is not there any more.
    #[error("rank {rank} is gone: {why}")]
    Lost {
        /// Which rank.
        rank: usize,
        /// What is known of it.
        why: String,
    },
    /// A rank has been given something else than the first.
    #[error(
        "rank {rank} has another {what} than rank 0: expected {expected}, found {found}\nhelp: run the same program on all ranks, on the same data"
    )]
    Differs {
        /// Which rank.
        rank: usize,
        /// What differs.
        what: String,
        /// What rank 0 has.
        expected: String,
        /// What this one has.
        found: String,
    },
    /// A rank is somewhere else in the program than the first.
    #[error(
        "rank {rank} is at {found} while rank 0 is at {expected}\nhelp: all ranks must call the same in the same order, and callbacks decide the same on all"
    )]
    Apart {
        /// Which rank.
        rank: usize,
        /// Where rank 0 is.
        expected: String,
        /// Where this one is.
        found: String,
    },
}

impl Problem {
    /// Whether all ranks know of it by the time that one does, so that nobody needs to tell the others.
    pub(crate) const fn is_known_to_all(&self) -> bool {
        matches!(
            self,
            Self::Ranks { .. }
                | Self::Pieces { .. }
                | Self::Failed { .. }
                | Self::Lost { .. }
                | Self::Differs { .. }
                | Self::Apart { .. }
        )
    }
}
