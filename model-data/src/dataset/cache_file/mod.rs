//! Items that are made once, and kept in a file.
//!
//! The file begins with a line of its own and the items' type. Each item is its length, its bytes and their checksum; behind the last stand how many there are,
//! and a mark that the file is whole.

mod problem;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::Crc;
use model_core::file::atomic::Unfinished;
use model_core::file::regular;
use model_core::memory;
use model_core::{Error, Result};

pub use problem::CacheProblem;

use super::{Dataset, Items, Len, Stored};
use crate::DataError;

/// How a file begins.
const BEGIN: &[u8] = b"functional-model cache 1\n";

/// How a file ends, behind the number of its items.
const END: &[u8] = b"is whole";

impl<T: Stored + Send + 'static> Dataset<T> {
    /// As [`cache`](Self::cache), in a file: made in the first round that is gone through to its end, and read from there, one by one, in all others, those of later runs of
    /// the program included. Later rounds have the items, their bits and their order of the first. `tf.data`'s `cache(filename)`.
    ///
    /// The file has its name only once it is whole. It is kept until someone removes it: do so where what is in front of `cache_file` has changed, which the file does not
    /// tell, unless the items have another type or number.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// let folder = tempfile::tempdir().unwrap();
    /// let squares = || Dataset::range(0..5).map(|i| i * i).cache_file(folder.path().join("squares"));
    /// assert!(squares().iter().map(Result::unwrap).eq([0, 1, 4, 9, 16]));
    /// let again = squares().iter().map(Result::unwrap);
    /// assert!(again.eq([0, 1, 4, 9, 16]));
    /// ```
    ///
    /// # Errors
    /// As an item, [`DataError::Cache`]: if the file cannot be read or written, is none of a cache, is not whole, or holds items of another type or number.
    ///
    /// Source: <https://www.tensorflow.org/api_docs/python/tf/data/Dataset#cache>.
    #[must_use]
    pub fn cache_file(self, path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let Self { make, len, uses, .. } = self;
        let all = move |round| {
            let items = Reading::open(&path, len).and_then(|file| -> Result<Items<T>, _> {
                Ok(match file {
                    Some(items) => Box::new(items),
                    None => Box::new(Keeping {
                        file: Some(Writing::create::<T>(&path, len)?),
                        items: make(round),
                        path: path.clone(),
                    }),
                })
            });
            items.unwrap_or_else(|problem| Box::new(std::iter::once(Err(error(&path, problem)))))
        };
        Self { make: Arc::new(all), len, places: None, uses }
    }
}

fn error(path: &Path, problem: CacheProblem) -> Error {
    DataError::Cache { path: path.to_owned(), problem }.into()
}

/// Items that are written as they pass.
struct Keeping<T> {
    items: Items<T>,
    /// Nothing once there was an error, or once the file is whole.
    file: Option<Writing>,
    path: PathBuf,
}

impl<T: Stored> Iterator for Keeping<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let item = self.items.next();
        let kept = match (&item, self.file.take()) {
            (Some(Ok(item)), Some(file)) => file.add(item).map(|file| self.file = Some(file)),
            (None, Some(file)) => file.finish(),
            (Some(Err(_)), _) | (_, None) => Ok(()),
        };
        match kept {
            Ok(()) => item,
            Err(problem) => Some(Err(error(&self.path, CacheProblem::Write(problem)))),
        }
    }
}

/// A file that is not whole yet.
struct Writing {
    file: BufWriter<Unfinished>,
    items: u64,
    /// The bytes of an item.
    bytes: Vec<u8>,
}

impl Writing {
    fn create<T: Stored>(path: &Path, len: Len) -> Result<Self, CacheProblem> {
        if len == Len::Endless {
            return Err(CacheProblem::Endless);
        }
        let create = || {
            let mut file = BufWriter::new(Unfinished::create(path)?);
            let kind = T::kind();
            file.write_all(BEGIN)?;
            file.write_all(&(kind.len() as u64).to_le_bytes())?;
            file.write_all(kind.as_bytes())?;
            Ok(Self { file, items: 0, bytes: Vec::new() })
        };
        create().map_err(CacheProblem::Write)
    }

    fn add(mut self, item: &impl Stored) -> io::Result<Self> {
        self.bytes.clear();
        item.store(&mut self.bytes);
        self.file.write_all(&(self.bytes.len() as u64).to_le_bytes())?;
        self.file.write_all(&self.bytes)?;
        self.file.write_all(&checksum(&self.bytes).to_le_bytes())?;
        self.items += 1;
        Ok(self)
    }

    fn finish(mut self) -> io::Result<()> {
        self.file.write_all(&self.items.to_le_bytes())?;
        self.file.write_all(END)?;
        self.file.into_inner().map_err(io::IntoInnerError::into_error)?.finish()
    }
}

/// The items of a file that is whole.
struct Reading<T> {
    file: BufReader<File>,
    path: PathBuf,
    /// How many have been read, and how many there are.
    items: (u64, u64),
    /// The bytes of those that are left.
    left: u64,
    of: PhantomData<fn() -> T>,
}

impl<T: Stored> Reading<T> {
    /// The items of a path's file, if there is one.
    fn open(path: &Path, len: Len) -> Result<Option<Self>, CacheProblem> {
        let (file, size) = match regular::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let mut file = BufReader::new(file);
        if bytes(&mut file, BEGIN.len() as u64)? != BEGIN {
            return Err(CacheProblem::Foreign);
        }
        let found = length(&mut file)?;
        memory::claim(found, || "the type of the items".to_owned())?;
        let found = String::from_utf8_lossy(&bytes(&mut file, found)?).into_owned();
        let start = file.stream_position()?;
        let left = size.checked_sub(start + (size_of::<u64>() + END.len()) as u64).ok_or(CacheProblem::Short)?;
        file.seek(SeekFrom::Start(start + left))?;
        let items = length(&mut file)?;
        if bytes(&mut file, END.len() as u64)? != END {
            return Err(CacheProblem::Short);
        }
        let expected = T::kind();
        if found != expected {
            return Err(CacheProblem::Type { expected, found });
        }
        if let Len::Known(expected) = len
            && items != expected as u64
        {
            return Err(CacheProblem::Items { expected, found: items });
        }
        file.seek(SeekFrom::Start(start))?;
        Ok(Some(Self { file, path: path.to_owned(), items: (0, items), left, of: PhantomData }))
    }

    fn item(&mut self) -> Result<T, CacheProblem> {
        self.items.0 += 1;
        let broken = || CacheProblem::Broken { item: self.items.0 };
        let length = length(&mut self.file)?;
        let framed = length.checked_add((size_of::<u64>() + size_of::<u32>()) as u64);
        self.left = framed.and_then(|framed| self.left.checked_sub(framed)).ok_or_else(broken)?;
        memory::claim(length.saturating_mul(2), || format!("item {} of the file", self.items.0))?; // the bytes and the item
        let bytes = bytes(&mut self.file, length)?;
        let mut expected = [0; size_of::<u32>()];
        self.file.read_exact(&mut expected)?;
        let mut rest = &*bytes;
        let item = T::restore(&mut rest).filter(|_| rest.is_empty());
        let is_whole = expected == checksum(&bytes).to_le_bytes() && (self.items.0 < self.items.1 || self.left == 0);
        item.filter(|_| is_whole).ok_or_else(broken)
    }
}

impl<T: Stored> Iterator for Reading<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        (self.items.0 < self.items.1).then(|| {
            self.item().map_err(|problem| {
                self.items.1 = 0; // nothing behind it can be found
                error(&self.path, problem)
            })
        })
    }
}

/// So many bytes, or all that there are.
fn bytes(file: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn length(file: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; size_of::<u64>()];
    file.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut checksum = Crc::new();
    checksum.update(bytes);
    checksum.sum()
}
