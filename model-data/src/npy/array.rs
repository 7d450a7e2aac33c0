//! Arrays of one file, `.npy`.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use model_core::file::{atomic, regular};
use model_core::memory;
use ndarray::{Array, ArrayBase, ArrayD, Data, Dimension, IxDyn, ShapeBuilder};

use super::element::order;
use super::header::Header;
use super::{NpyElement, NpyProblem};
use crate::{DataError, FoundSize};

/// Elements are written in pieces of this many.
const PIECE: usize = 1 << 14;

/// Reads an array of NumPy's, as `numpy.save` writes it.
///
/// The type says which elements and how many axes there are to be, or `IxDyn` where any number will do. Elements of another type are not
/// converted: the error says which to read. An array in Fortran's order has the same elements in the same places.
///
/// ```
/// use model_data::npy;
/// use ndarray::{Array1, ArrayD, array};
///
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("labels.npy");
/// npy::write(&path, &array![3_i64, 1, 2])?;
/// let labels: Array1<i64> = npy::read(&path)?;
/// assert_eq!(labels, array![3, 1, 2]);
///
/// let error = npy::read::<f32, ndarray::Ix1>(&path).unwrap_err().to_string();
/// assert!(error.ends_with("expected elements of `f32`, found `<i8`: read it as `i64`"), "{error}");
/// # Ok::<(), model_data::DataError>(())
/// ```
///
/// # Errors
///
/// [`DataError::Npy`] where the file cannot be read, is no array, is cut short or longer than its shape says, has other elements or another number of
/// axes, or would take more memory than there is.
///
/// Source: <https://numpy.org/doc/stable/reference/generated/numpy.load.html>.
pub fn read<A: NpyElement, D: Dimension>(path: impl AsRef<Path>) -> Result<Array<A, D>, DataError> {
    let path = path.as_ref();
    let open = || {
        let (file, _) = regular::open(path)?;
        read_from(&mut BufReader::new(file))
    };
    open().map_err(|problem| DataError::Npy { path: path.to_owned(), array: None, problem })
}

/// Writes an array as NumPy does: `numpy.load` reads it. The file is there whole or not at all.
///
/// ```
/// use model_data::npy;
/// use ndarray::Array3;
///
/// let folder = tempfile::tempdir().unwrap();
/// npy::write(folder.path().join("x.npy"), &Array3::<f64>::zeros((2, 3, 4)))?;
/// # Ok::<(), model_data::DataError>(())
/// ```
///
/// # Errors
///
/// [`DataError::Npy`] where the file cannot be written.
///
/// Source: <https://numpy.org/doc/stable/reference/generated/numpy.save.html>.
pub fn write<A: NpyElement, S: Data<Elem = A>, D: Dimension>(
    path: impl AsRef<Path>,
    array: &ArrayBase<S, D>,
) -> Result<(), DataError> {
    let path = path.as_ref();
    let written = atomic::write(path, |file: &mut File| write_to(file, array));
    written.map_err(|error| DataError::Npy { path: path.to_owned(), array: None, problem: error.into() })
}

/// Reads an array of which nothing comes behind it.
pub(super) fn read_from<A: NpyElement, D: Dimension>(reader: &mut dyn Read) -> Result<Array<A, D>, NpyProblem> {
    let header = Header::read(reader)?;
    let is_big_endian = match order(&header.description) {
        Some((is_big_endian, code)) if code == A::CODE => is_big_endian,
        _ => return Err(NpyProblem::Element { expected: A::NAME, found: header.description }),
    };
    if let Some(expected) = D::NDIM.filter(|&rank| rank != header.shape.len()) {
        return Err(NpyProblem::Rank { expected, found: header.shape });
    }
    let elements = header.elements()?;
    let size = memory::bytes_of::<A>(elements);
    memory::claim(size.saturating_mul(2), || format!("an array of shape {:?}", header.shape))?; // the bytes and the elements
    let bytes = read_bytes(reader, size)?;
    let elements = A::from_bytes(&bytes, is_big_endian)?;
    let shape = IxDyn(&header.shape).set_f(header.is_fortran);
    let array = ArrayD::from_shape_vec(shape, elements).and_then(ArrayD::into_dimensionality);
    array.map_err(|_| NpyProblem::Overflow { found: header.shape })
}

/// So many bytes and no more. Memory grows with what is read.
fn read_bytes(reader: &mut dyn Read, size: u64) -> Result<Vec<u8>, NpyProblem> {
    let mut bytes = Vec::new();
    reader.take(size.saturating_add(1)).read_to_end(&mut bytes)?;
    let read = bytes.len() as u64;
    match read == size {
        true => Ok(bytes),
        false if read > size => Err(NpyProblem::Size { expected: size, found: FoundSize::MoreThan(size) }),
        false => Err(NpyProblem::Size { expected: size, found: FoundSize::Exactly(read) }),
    }
}

/// Writes an array in C's order, the last axis running fastest.
pub(super) fn write_to<A: NpyElement, S: Data<Elem = A>, D: Dimension>(
    writer: &mut dyn Write,
    array: &ArrayBase<S, D>,
) -> io::Result<()> {
    let order = if size_of::<A>() == 1 { '|' } else { '<' };
    let header = Header { description: format!("{order}{}", A::CODE), is_fortran: false, shape: array.shape().to_vec() };
    writer.write_all(&header.write())?;
    let mut piece = Vec::with_capacity(PIECE.min(array.len()) * size_of::<A>());
    for element in array {
        element.push_bytes(&mut piece);
        if piece.len() >= PIECE * size_of::<A>() {
            writer.write_all(&piece)?;
            piece.clear();
        }
    }
    writer.write_all(&piece)
}
