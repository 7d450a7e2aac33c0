//! What can be wrong with a file that keeps items, and its wording.

use std::io;

use model_core::memory::TooLarge;

/// What is wrong with a file of [`Dataset::cache_file`](super::Dataset::cache_file).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheProblem {
    /// Something else has written the file.
    #[error("expected a file that `cache_file` has written, found something else; give another path")]
    Foreign,
    /// The file has lost its end.
    #[error("expected a whole file, found the beginning of one; {ANEW}")]
    Short,
    /// The items are of another type.
    #[error("expected items of `{expected}`, found `{found}`: the file is of another data set; give another path, or {ANEW}")]
    Type {
        /// The type of the data set's items.
        expected: String,
        /// The type in the file.
        found: String,
    },
    /// There are more items, or fewer, than the data set has.
    #[error("expected {expected} items, found {found}: the file is of another data set; give another path, or {ANEW}")]
    Items {
        /// How many the data set has.
        expected: usize,
        /// How many are in the file.
        found: u64,
    },
    /// The bytes of an item are not those that were written.
    #[error("item {item} is not as it was written; {ANEW}")]
    Broken {
        /// The item, from 1.
        item: u64,
    },
    /// A round of the data set has no end.
    #[error("expected a round with an end, found one that goes on for ever; put `cache_file` in front of `repeat`")]
    Endless,
    /// The system could not read the file.
    #[error("cannot be read: {0}")]
    Read(#[source] io::Error),
    /// The system could not write the file.
    #[error("cannot be written: {0}; make room for it, or give another path")]
    Write(#[source] io::Error),
    /// An item would take more memory than there is.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
}

/// A file that ends before it should is not whole.
impl From<io::Error> for CacheProblem {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Short } else { Self::Read(error) }
    }
}

/// What makes it right.
const ANEW: &str = "remove it, and the next round writes it anew";
