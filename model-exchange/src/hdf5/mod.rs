//! Files of HDF5, as far as Keras and h5py write them: groups, attributes, and data in one piece.
//!
//! A file is read where it lies: a data set is a slice of the file's bytes, or a stretch of a file that is not held at all, and nothing is copied or
//! allocated for what it only declares. All places and lengths are held against the file; what other files of HDF5 have besides (data in chunks,
//! filters, links to other places or files) is refused by name.
//!
//! Source: <https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html>, version 3 of the format's specification.

mod attribute;
mod bytes;
mod checksum;
mod data;
mod datatype;
mod group;
mod header;
mod heap;
mod superblock;
#[cfg(test)]
mod tests;
mod write;

pub use bytes::Bytes;
pub use data::Dataset;
pub use group::{Group, Object};
pub use write::{Node, write};

/// What is wrong with a file of HDF5.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Hdf5Problem {
    /// It ends before what it says is there.
    #[error("it is cut short or damaged: expected {length} bytes at byte {at}, found the end at {end}")]
    Short {
        /// Where something should be.
        at: u64,
        /// How long that is.
        length: u64,
        /// Where the file ends.
        end: u64,
    },
    /// Something in it is not what should stand there.
    #[error("it is damaged at byte {at}: expected {expected}")]
    Damaged {
        /// Where.
        at: u64,
        /// What should be there.
        expected: &'static str,
    },
    /// It has something that is never read.
    #[error("it has {what}, which is not read")]
    Unsupported {
        /// What it is.
        what: &'static str,
    },
    /// There is none of a name.
    #[error("there is no {what} `{name}`")]
    Missing {
        /// A group, a data set, an attribute.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Something is wrong with one of its objects.
    #[error("`{path}`: {problem}")]
    At {
        /// The object's path.
        path: String,
        /// What is wrong.
        problem: Box<Hdf5Problem>,
    },
}

impl Hdf5Problem {
    pub(crate) fn at(self, path: &str) -> Self {
        if matches!(self, Self::At { .. }) { self } else { Self::At { path: path.to_owned(), problem: Box::new(self) } }
    }
}

/// What reading gives.
pub type Hdf5Result<T> = Result<T, Hdf5Problem>;

/// The first bytes of a file.
pub const SIGNATURE: &[u8; 8] = b"\x89HDF\r\n\x1a\n";

/// The root of a file.
///
/// # Errors
/// If it is no file of HDF5 that is read here.
pub fn open<'b>(bytes: impl Into<Bytes<'b>>) -> Hdf5Result<Group<'b>> {
    superblock::root(bytes.into())
}
