//! Files of Keras 3: archives, `.keras`, and weights alone, `.weights.h5`.

mod archive;
mod by_layer;
mod canonical;
mod order;
mod places;
mod variables;

pub use archive::{Archive, ArchiveFile, config, write};
pub use by_layer::{LayerWeights, by_layer, whole_model};
pub use canonical::canonical;
pub use crc32fast::Hasher as Checksum;
pub use places::{Leaf, Place, Places, leaves, places};
pub use variables::Variables;

use crate::hdf5::Hdf5Problem;

/// What is wrong with a file of Keras's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KerasProblem {
    /// It is no archive.
    #[error("the archive is damaged: {0}")]
    Archive(String),
    /// It lacks something.
    #[error("the archive has no `{name}`: expected what Keras 3 saves, found {found}")]
    Member {
        /// What is missing.
        name: &'static str,
        /// What is there.
        found: String,
    },
    /// A member of it is not whole.
    #[error("`{name}` in the archive is damaged: {error}")]
    Damaged {
        /// The member.
        name: &'static str,
        /// What is wrong with it.
        error: String,
    },
    /// A member of it would be too large.
    #[error("`{name}` in the archive says it unpacks to {size} bytes: expected at most {most} in an archive of this size")]
    Bomb {
        /// The member.
        name: &'static str,
        /// How large it says it is.
        size: u64,
        /// How large it may be.
        most: u64,
    },
    /// It has something that no file of Keras has.
    #[error("`{name}` in the archive is {what}: it is refused")]
    Refused {
        /// The member.
        name: String,
        /// What it is.
        what: &'static str,
    },
    /// A document of it is none.
    #[error("`{name}` in the file is no JSON: {error}")]
    Json {
        /// The member.
        name: &'static str,
        /// What is wrong with it.
        error: String,
    },
    /// The variables cannot be read.
    #[error("the variables: {0}")]
    Hdf5(#[from] Hdf5Problem),
}
