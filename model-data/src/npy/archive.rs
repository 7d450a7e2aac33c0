//! Arrays by name in one file, `.npz`: a ZIP archive of `.npy` files.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Write};
use std::path::{Path, PathBuf};

use model_core::file::{atomic, regular};
use ndarray::{Array, ArrayBase, Data, Dimension};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::array::{read_from, write_to};
use super::{NpyElement, NpyProblem};
use crate::DataError;

const ENDING: &str = ".npy";

/// An archive of arrays, as `numpy.savez` and `numpy.savez_compressed` write it.
///
/// ```
/// use model_data::npy::{Npz, NpzWriter};
/// use ndarray::{Array1, Array2, array};
///
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("data.npz");
/// NpzWriter::new().add("x", &array![[1.0_f32, 2.0]])?.add("y", &array![1_i32])?.save(&path)?;
///
/// let mut arrays = Npz::open(&path)?;
/// assert_eq!(arrays.names(), ["x", "y"]);
/// let (x, y): (Array2<f32>, Array1<i32>) = (arrays.read("x")?, arrays.read("y")?);
/// assert_eq!((x, y), (array![[1.0, 2.0]], array![1]));
/// # Ok::<(), model_data::DataError>(())
/// ```
///
/// Source: <https://numpy.org/doc/stable/reference/generated/numpy.savez.html>.
pub struct Npz {
    path: PathBuf,
    archive: ZipArchive<BufReader<File>>,
    names: Vec<String>,
}

impl Npz {
    /// Opens an archive; arrays are read as they are asked for.
    ///
    /// # Errors
    ///
    /// [`DataError::Npy`] where the file cannot be read or is no archive.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DataError> {
        let path = path.as_ref();
        let open = || {
            let archive = ZipArchive::new(BufReader::new(regular::open(path)?.0))?;
            let files = archive.file_names().collect::<Result<Vec<_>, _>>()?;
            let names = files.iter().filter_map(|name| name.strip_suffix(ENDING)).map(str::to_owned).collect();
            Ok(Self { path: path.to_owned(), archive, names })
        };
        match open() {
            Ok(archive) => Ok(archive),
            Err(problem) => Err(DataError::Npy { path: path.to_owned(), array: None, problem }),
        }
    }

    /// The names of the arrays, in the archive's order.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.names.iter().map(String::as_str).collect()
    }

    /// Reads the array of a name, as [`read`](super::read) does that of a file.
    ///
    /// # Errors
    ///
    /// [`DataError::Npy`] where there is no array of the name, or it cannot be read; see [`read`](super::read).
    pub fn read<A: NpyElement, D: Dimension>(&mut self, name: &str) -> Result<Array<A, D>, DataError> {
        self.read_with(name, |reader, _| read_from(reader))
    }

    /// Reads an array in a way of its own, which is told how many bytes there are.
    pub(crate) fn read_with<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut dyn Read, u64) -> Result<T, NpyProblem>,
    ) -> Result<T, DataError> {
        let problem = match self.archive.index_for_name(&format!("{name}{ENDING}")) {
            None => NpyProblem::Missing { names: self.names.clone() },
            Some(index) => match self.read_file(index, read) {
                Ok(array) => return Ok(array),
                Err(problem) => problem,
            },
        };
        Err(DataError::Npy { path: self.path.clone(), array: Some(name.to_owned()), problem })
    }

    /// What else must hold of an array.
    pub(crate) fn check<T>(&self, name: &str, check: impl FnOnce() -> Result<T, NpyProblem>) -> Result<T, DataError> {
        check().map_err(|problem| DataError::Npy { path: self.path.clone(), array: Some(name.to_owned()), problem })
    }

    fn read_file<T>(
        &mut self,
        index: usize,
        read: impl FnOnce(&mut dyn Read, u64) -> Result<T, NpyProblem>,
    ) -> Result<T, NpyProblem> {
        let mut file = self.archive.by_index(index)?;
        let size = file.size();
        let array = read(&mut BufReader::new(&mut file), size)?;
        io::copy(&mut file, &mut io::sink())?; // the checksum is looked at behind the last byte
        Ok(array)
    }
}

impl fmt::Debug for Npz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Npz").field("path", &self.path).field("names", &self.names()).finish()
    }
}

/// An archive of arrays to be written; `numpy.load` reads it.
///
/// ```
/// use model_data::npy::NpzWriter;
/// use ndarray::array;
///
/// let folder = tempfile::tempdir().unwrap();
/// NpzWriter::compressed().add("x", &array![1.0_f64, 2.0])?.save(folder.path().join("x.npz"))?;
/// # Ok::<(), model_data::DataError>(())
/// ```
///
/// Source: <https://numpy.org/doc/stable/reference/generated/numpy.savez.html>.
pub struct NpzWriter {
    archive: ZipWriter<Cursor<Vec<u8>>>,
    names: Vec<String>,
    options: SimpleFileOptions,
}

impl NpzWriter {
    /// An archive whose arrays are stored as they are, as `numpy.savez` does.
    #[must_use]
    pub fn new() -> Self {
        Self::with(CompressionMethod::Stored)
    }

    /// An archive whose arrays are compressed, as `numpy.savez_compressed` does.
    #[must_use]
    pub fn compressed() -> Self {
        Self::with(CompressionMethod::Deflated)
    }

    fn with(method: CompressionMethod) -> Self {
        let archive = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(method).large_file(true);
        Self { archive, names: Vec::new(), options }
    }

    /// Adds an array.
    ///
    /// # Errors
    ///
    /// [`DataError::Npy`] where there is an array of the name already.
    pub fn add<A: NpyElement, S: Data<Elem = A>, D: Dimension>(
        mut self,
        name: &str,
        array: &ArrayBase<S, D>,
    ) -> Result<Self, DataError> {
        let problem = if self.names.iter().any(|known| known == name) {
            NpyProblem::Twice
        } else {
            let file = self.archive.start_file(format!("{name}{ENDING}"), self.options);
            match file.map_err(NpyProblem::from).and_then(|()| Ok(write_to(&mut self.archive, array)?)) {
                Ok(()) => {
                    self.names.push(name.to_owned());
                    return Ok(self);
                }
                Err(problem) => problem,
            }
        };
        Err(DataError::Npy { path: PathBuf::from("an archive"), array: Some(name.to_owned()), problem })
    }

    /// Writes the archive. The file is there whole or not at all.
    ///
    /// # Errors
    ///
    /// [`DataError::Npy`] where the file cannot be written.
    pub fn save(self, path: impl AsRef<Path>) -> Result<(), DataError> {
        let path = path.as_ref();
        let finished = self.archive.finish().map_err(NpyProblem::from);
        let written = finished.and_then(|bytes| Ok(atomic::write(path, |file| file.write_all(bytes.get_ref()))?));
        written.map_err(|problem| DataError::Npy { path: path.to_owned(), array: None, problem })
    }
}

impl Default for NpzWriter {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for NpzWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NpzWriter").field("names", &self.names).finish_non_exhaustive()
    }
}
