//! What can be wrong with an array of NumPy's, and its wording.

use std::io;

use model_core::memory::TooLarge;

/// What is wrong with an array of a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NpyProblem {
    /// The bytes in front are not NumPy's.
    #[error("expected an array of NumPy's, which begins with `93 NUMPY`, found something else")]
    Magic,
    /// The format has a version that is not known.
    #[error("expected version 1.0, 2.0 or 3.0 of the format, found {major}.{minor}")]
    Version {
        /// The number in front.
        major: u8,
        /// The number behind.
        minor: u8,
    },
    /// The header is longer than any is.
    #[error("expected a header of at most {most} bytes, found {found}")]
    LongHeader {
        /// The longest that is read.
        most: u64,
        /// The length that is declared.
        found: u64,
    },
    /// The header does not say what the array is.
    #[error("expected a header such as `{{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4)}}`, found `{found}`")]
    Header {
        /// The header, or its beginning.
        found: String,
    },
    /// The elements are of another type.
    #[error("expected elements of `{expected}`, found `{found}`{}", instead(found))]
    Element {
        /// The type that was asked for, in Rust.
        expected: &'static str,
        /// What the header says of the elements.
        found: String,
    },
    /// A boolean is neither 0 nor 1.
    #[error("element {index} is no boolean: expected 0 or 1, found {found}")]
    Boolean {
        /// The element's place, from 0.
        index: usize,
        /// The byte.
        found: u8,
    },
    /// The array has another number of axes.
    #[error("expected an array of {expected} axes, found shape {found:?}")]
    Rank {
        /// How many axes there are to be.
        expected: usize,
        /// The shape in the file.
        found: Vec<usize>,
    },
    /// The array has another shape.
    #[error("expected shape {expected}, found {found:?}")]
    Shape {
        /// The shape that is needed.
        expected: String,
        /// The shape in the file.
        found: Vec<usize>,
    },
    /// No array can have so many elements.
    #[error("expected a shape that fits in memory, found {found:?}")]
    Overflow {
        /// The shape in the file.
        found: Vec<usize>,
    },
    /// The file ends before the array does, or goes on behind it.
    #[error("expected {expected} bytes of elements, found {found}")]
    Size {
        /// What the header asks for, in bytes.
        expected: u64,
        /// What there is.
        found: crate::FoundSize,
    },
    /// The archive has no array of the name.
    #[error("there is no such array: expected {}", listed(names))]
    Missing {
        /// The arrays that there are.
        names: Vec<String>,
    },
    /// A name stands twice in an archive that is written.
    #[error("there is an array of this name already: expected another name")]
    Twice,
    /// The elements are objects of Python's that are not read.
    #[error("expected lists of whole numbers, as Python writes them, found {found}")]
    Objects {
        /// What was found.
        found: String,
    },
    /// The file is no archive, or is broken.
    #[error("expected an archive of NumPy's, which is a ZIP file, found: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// The system could not read or write.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The array would take more memory than there is.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
}

/// The type to read instead, where there is one.
fn instead(found: &str) -> String {
    super::element::of(found).map_or_else(String::new, |name| format!(": read it as `{name}`"))
}

fn listed(names: &[String]) -> String {
    match names {
        [] => "none, the archive is empty".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}
