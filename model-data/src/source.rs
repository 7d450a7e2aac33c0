//! A data file, plain or compressed, read no further than the caller allows.

use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use crate::datasets::DataSet;
use crate::error::{DataError, FoundSize};
use model_core::file::regular;

/// The path of `name`, a file of a data set, in `folder`, or else of `name.gz`.
pub(crate) fn find(folder: &Path, name: &str, of: DataSet) -> Result<PathBuf, DataError> {
    check_folder(folder)?;
    let compressed = folder.join(format!("{name}.gz"));
    let found = [folder.join(name), compressed].into_iter().find(|path| path.is_file());
    found.ok_or_else(|| missing(folder, name, of, false))
}

/// The path of `name`, which is never compressed with gzip.
pub(crate) fn find_plain(folder: &Path, name: &str, of: DataSet) -> Result<PathBuf, DataError> {
    check_folder(folder)?;
    let path = folder.join(name);
    if path.is_file() { Ok(path) } else { Err(missing(folder, name, of, true)) }
}

fn missing(folder: &Path, name: &str, of: DataSet, is_plain: bool) -> DataError {
    DataError::MissingFile { folder: folder.to_owned(), name: name.to_owned(), is_plain, address: of.address(name) }
}

/// Fails where there is no such folder.
fn check_folder(folder: &Path) -> Result<(), DataError> {
    if folder.is_dir() { Ok(()) } else { Err(DataError::MissingFolder { folder: folder.to_owned() }) }
}

/// The subfolder of a folder, or the folder itself where there is no such one in it.
pub(crate) fn subfolder(folder: &Path, name: &str) -> Result<PathBuf, DataError> {
    check_folder(folder)?;
    let subfolder = folder.join(name);
    Ok(if subfolder.is_dir() { subfolder } else { folder.to_owned() })
}

/// An open data file; one whose name ends in `.gz` is decompressed.
pub(crate) struct Source {
    path: PathBuf,
    reader: Box<dyn Read>,
    is_gzip: bool,
    size_on_disk: u64,
}

impl Source {
    pub(crate) fn open(path: &Path) -> Result<Self, DataError> {
        let io_error = |source| DataError::Io { path: path.to_owned(), source };
        let (file, size_on_disk) = regular::open(path).map_err(io_error)?;
        let is_gzip = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
        let buffered = BufReader::new(file);
        let reader: Box<dyn Read> = if is_gzip { Box::new(MultiGzDecoder::new(buffered)) } else { Box::new(buffered) };
        Ok(Self { path: path.to_owned(), reader, is_gzip, size_on_disk })
    }

    /// The next `most` bytes, or fewer where the file ends. Memory grows with what is read, not with `most`.
    pub(crate) fn read_up_to(&mut self, most: u64) -> Result<Vec<u8>, DataError> {
        let mut bytes = Vec::new();
        self.reader.as_mut().take(most).read_to_end(&mut bytes).map_err(|source| self.error(source))?;
        Ok(bytes)
    }

    /// The file's size, of which `read` bytes were read and `allowed` can be right.
    pub(crate) fn found_size(&self, read: u64, allowed: u64) -> FoundSize {
        match (read > allowed, self.is_gzip) {
            (false, _) => FoundSize::Exactly(read),
            (true, false) => FoundSize::Exactly(self.size_on_disk),
            (true, true) => FoundSize::MoreThan(allowed),
        }
    }

    /// An error of the decompressor's carries no system error code.
    fn error(&self, source: io::Error) -> DataError {
        let path = self.path.clone();
        if self.is_gzip && source.raw_os_error().is_none() {
            DataError::Gzip { path, source }
        } else {
            DataError::Io { path, source }
        }
    }
}

/// Folders and files for the tests of the readers.
#[cfg(test)]
pub(crate) mod testing {
    use std::fs;
    use std::io::Write;
    use std::path::{Path, PathBuf};

    use flate2::Compression;
    use flate2::write::GzEncoder;

    pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// A folder of files, removed with it; `bytes` are compressed where a name ends in `.gz`.
    pub(crate) fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            let bytes = if name.ends_with(".gz") { gzip(bytes) } else { bytes.to_vec() };
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        folder
    }

    /// The message, with the folder's own path left out.
    pub(crate) fn message(error: impl std::fmt::Display, folder: &Path) -> String {
        error.to_string().replace(&format!("{}/", folder.display()), "").replace(&folder.display().to_string(), "folder")
    }

    /// A folder of the files that `tests/data/generate.py` makes.
    pub(crate) fn data(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
    }

    /// `shared/data/<name>` in or beside a folder that holds the project, where it is there.
    pub(crate) fn real_data(name: &str) -> Option<PathBuf> {
        let found = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|ancestor| ancestor.join("shared/data").join(name))
            .find(|path| path.is_dir());
        if found.is_none() {
            println!("skipped: there is no `shared/data/{name}` in a folder around this project");
        }
        found
    }
}
