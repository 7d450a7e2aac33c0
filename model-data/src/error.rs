//! What can be wrong with files of data, and its wording.

use std::fmt::{self, Display};
use std::io;
use std::path::PathBuf;

use model_core::memory::TooLarge;

use crate::dataset::CacheProblem;
use crate::npy::NpyProblem;

/// What is wrong with data, by file, expected and found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// There is no such folder.
    #[error("there is no folder `{}`", folder.display())]
    MissingFolder {
        /// The folder asked for.
        folder: PathBuf,
    },
    /// The folder lacks a file.
    #[error("`{}` lacks a file: expected {}{}", folder.display(), expected_file(name, *is_plain), put_there(*address, name))]
    MissingFile {
        /// The folder looked in.
        folder: PathBuf,
        /// The plain file's name.
        name: String,
        /// Whether it cannot be compressed with gzip.
        is_plain: bool,
        /// Where it is published, or the archive that holds it.
        address: Option<&'static str>,
    },
    /// The system could not read a file or folder.
    #[error("cannot read `{}`: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A `.gz` file is cut short, or its content does not match its checksum or format.
    #[error("`{}` is corrupted: expected whole gzip data, found: {source}", path.display())]
    Gzip {
        /// The compressed file.
        path: PathBuf,
        /// What the decompressor said.
        source: io::Error,
    },
    /// An IDX file does not start with the bytes that tell its kind.
    #[error(
        "`{}` starts with the wrong magic: expected {}, found `{}`",
        path.display(),
        expected_magic(*expected_rank),
        hexadecimal(found)
    )]
    Magic {
        /// The file.
        path: PathBuf,
        /// The number of dimensions that the caller needs; `None` where any will do.
        expected_rank: Option<usize>,
        /// Its first four bytes.
        found: [u8; 4],
    },
    /// A file ends before its header does.
    #[error("`{}` is cut short in its header: expected at least {expected} bytes, found {found}", path.display())]
    Header {
        /// The file.
        path: PathBuf,
        /// The header's size in bytes.
        expected: u64,
        /// The file's size in bytes, uncompressed.
        found: u64,
    },
    /// A file is shorter or longer than its header declares.
    #[error("`{}` has the wrong size: expected {expected} bytes, found {found}", path.display())]
    Size {
        /// The file.
        path: PathBuf,
        /// The declared size in bytes, header included.
        expected: u64,
        /// The file's size in bytes, uncompressed.
        found: FoundSize,
    },
    /// A file of records holds none, too many, or a part of one.
    #[error("`{}` has the wrong size: expected 1 to {most} records of {record} bytes, found {found} bytes", path.display())]
    Records {
        /// The file.
        path: PathBuf,
        /// The size of a record in bytes.
        record: u64,
        /// How many records there can be.
        most: u64,
        /// The file's size in bytes, uncompressed.
        found: FoundSize,
    },
    /// A file holds an array of another shape.
    #[error("`{}` has the wrong shape: expected {expected}, found {found:?}", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// The shape that is needed.
        expected: &'static str,
        /// The shape in the file.
        found: Vec<usize>,
    },
    /// A label is not the number of a class.
    #[error("label {index} of `{}` is out of range: expected 0 to {}, found {found}", path.display(), classes - 1)]
    Label {
        /// The file.
        path: PathBuf,
        /// The label's place in the file, from 0.
        index: usize,
        /// How many classes there are.
        classes: usize,
        /// The label.
        found: u8,
    },
    /// Two files that belong together hold different numbers of samples.
    #[error(
        "`{}` and `{}` do not belong together: expected a label for each of {images} images, found {labels} labels",
        images_path.display(),
        labels_path.display()
    )]
    Count {
        /// The file of images.
        images_path: PathBuf,
        /// How many images it holds.
        images: usize,
        /// The file of labels.
        labels_path: PathBuf,
        /// How many labels it holds.
        labels: usize,
    },
    /// What a file holds would take more memory than there is.
    #[error("`{}`: {refusal}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How much, and how much there is.
        refusal: TooLarge,
    },
    /// An array of a file of NumPy's, `.npy` or `.npz`, cannot be read or written.
    #[error("`{}`{}: {problem}", path.display(), of_archive(array.as_deref()))]
    Npy {
        /// The file.
        path: PathBuf,
        /// The array's name in an archive.
        array: Option<String>,
        /// What is wrong.
        problem: NpyProblem,
    },
    /// A file of items, which [`Dataset::cache_file`](crate::dataset::Dataset::cache_file) keeps, cannot be read or written.
    #[error("`{}`: {problem}", path.display())]
    Cache {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: CacheProblem,
    },
    /// A table cannot be read.
    #[cfg(feature = "csv")]
    #[error("`{}`{}{problem}", path.display(), between(problem))]
    Csv {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: crate::csv::CsvProblem,
    },
    /// An image cannot be read or written.
    #[cfg(feature = "images")]
    #[error("`{}`: {problem}", path.display())]
    Image {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: crate::images::ImageProblem,
    },
    /// A folder of images is none.
    #[cfg(feature = "images")]
    #[error("`{}`: {problem}", folder.display())]
    ImageFolder {
        /// The folder.
        folder: PathBuf,
        /// What is wrong.
        problem: crate::images::FolderProblem,
    },
    /// A file cannot be downloaded.
    #[cfg(feature = "download")]
    #[error("cannot download `{address}`: {problem}")]
    Download {
        /// The address.
        address: String,
        /// What is wrong.
        problem: crate::datasets::DownloadProblem,
    },
    /// A file of words and their numbers is none.
    #[error("`{}` is no index of words: expected an object of words and whole numbers, found: {problem}", path.display())]
    WordIndex {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: serde_json::Error,
    },
    /// A file of classes and their names is none.
    #[error(
        "`{}` is no index of classes: expected an object of numbers, each with a name and a description, found: {problem}",
        path.display()
    )]
    ClassIndex {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: serde_json::Error,
    },
    /// A file of classes and their names lacks one.
    #[error("`{}` has no class {number}: expected the numbers 0 to {}", path.display(), classes - 1)]
    MissingClass {
        /// The file.
        path: PathBuf,
        /// The number that is missing.
        number: usize,
        /// How many classes it holds.
        classes: usize,
    },
    /// An argument is out of its range.
    #[error("`{name}` is out of range: expected {expected}, found {found}")]
    Argument {
        /// The argument's name.
        name: &'static str,
        /// What it can be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// Nothing is left of a data set.
    #[error("`maxlen` leaves no sequence: expected some shorter than {maxlen}, found at least {shortest}; raise `maxlen`")]
    NoSequence {
        /// The length that sequences must be below.
        maxlen: usize,
        /// The length of the shortest.
        shortest: usize,
    },
    /// A split beyond the last sample.
    #[error("cannot split after {at} samples: expected at most {found}, found {at}")]
    Split {
        /// Where to split.
        at: usize,
        /// How many samples there are.
        found: usize,
    },
}

impl From<DataError> for model_core::Error {
    fn from(error: DataError) -> Self {
        Self::Data(Box::new(error))
    }
}

/// How large a file was found to be. A compressed file is not read beyond what it should hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundSize {
    /// This many bytes.
    Exactly(u64),
    /// More bytes than this.
    MoreThan(u64),
}

impl Display for FoundSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(bytes) => write!(f, "{bytes}"),
            Self::MoreThan(bytes) => write!(f, "more than {bytes}"),
        }
    }
}

fn expected_magic(rank: Option<usize>) -> String {
    match rank {
        Some(rank) => format!("`00 00 08 {rank:02x}` (unsigned bytes, {rank} dimensions)"),
        None => "`00 00 08` (unsigned bytes) and the number of dimensions".to_owned(),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

fn expected_file(name: &str, is_plain: bool) -> String {
    if is_plain { format!("`{name}`, found none") } else { format!("`{name}` or `{name}.gz`, found neither") }
}

/// What to do about a missing file.
fn put_there(address: Option<&str>, name: &str) -> String {
    match address {
        Some(address) if address.ends_with(".tar.gz") => format!("; unpack `{address}` there"),
        Some(address) => format!("; put `{address}` there"),
        None => format!("; put `{name}` there"),
    }
}

fn of_archive(array: Option<&str>) -> String {
    array.map_or_else(String::new, |name| format!(", array `{name}`"))
}

/// What is wrong in a line goes on with it.
#[cfg(feature = "csv")]
fn between(problem: &crate::csv::CsvProblem) -> &'static str {
    use crate::csv::CsvProblem::{Cell, Cells, Missing, Text};
    if matches!(problem, Cell { .. } | Cells { .. } | Missing { .. } | Text { .. }) { ", " } else { ": " }
}
