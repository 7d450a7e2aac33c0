//! NumPy's files: arrays, `.npy`, and archives of them by name, `.npz`.
//!
//! It reads and writes numbers and booleans. Python's objects are not read, but for lists of whole numbers in the data sets of Keras.
//!
//! ```
//! use model_data::npy;
//! use ndarray::{Array2, Ix2, array};
//!
//! let folder = tempfile::tempdir().unwrap();
//! let path = folder.path().join("x.npy");
//! npy::write(&path, &array![[1.0_f32, 2.0], [3.0, 4.0]])?;
//! let x: Array2<f32> = npy::read(&path)?;
//! assert_eq!(x, array![[1.0, 2.0], [3.0, 4.0]]);
//! # Ok::<(), model_data::DataError>(())
//! ```
//!
//! Source: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.

mod archive;
mod array;
mod element;
mod header;
pub(crate) mod lists;
mod problem;

pub use archive::{Npz, NpzWriter};
pub use array::{read, write};
pub use element::NpyElement;
pub use problem::NpyProblem;

#[cfg(test)]
mod tests;
