//! Where the bytes of weights come from: files beside the document, and no others.

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::error::TfjsError;

/// The shards of a model, by the names that its document gives them.
pub trait Shards {
    /// How many bytes a shard has.
    ///
    /// # Errors
    /// If it is not there.
    fn size(&mut self, path: &str) -> io::Result<u64>;

    /// The bytes of a shard.
    ///
    /// # Errors
    /// If it cannot be read.
    fn bytes(&mut self, path: &str) -> io::Result<Vec<u8>>;
}

/// The folder of a model's `model.json`, in which its shards lie; none outside it is read, also not through a link.
#[derive(Clone, Debug)]
pub struct Folder(pub PathBuf);

impl Folder {
    fn file(&self, path: &str) -> io::Result<PathBuf> {
        let folder = self.0.canonicalize()?;
        let file = folder.join(path).canonicalize()?;
        let outside = || io::Error::new(io::ErrorKind::PermissionDenied, "it lies outside the folder of `model.json`");
        if file.starts_with(&folder) { Ok(file) } else { Err(outside()) }
    }
}

impl Shards for Folder {
    fn size(&mut self, path: &str) -> io::Result<u64> {
        Ok(self.file(path)?.metadata()?.len())
    }

    fn bytes(&mut self, path: &str) -> io::Result<Vec<u8>> {
        std::fs::read(self.file(path)?)
    }
}

impl Shards for BTreeMap<String, Vec<u8>> {
    fn size(&mut self, path: &str) -> io::Result<u64> {
        self.get(path).map(|bytes| bytes.len() as u64).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn bytes(&mut self, path: &str) -> io::Result<Vec<u8>> {
        self.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// Refuses the name of a shard that leads out of the folder.
pub(super) fn check(path: &str) -> Result<(), TfjsError> {
    let is_within = |component: Component<'_>| matches!(component, Component::Normal(_) | Component::CurDir);
    let reason = if path.is_empty() {
        "has no name"
    } else if path.contains("://") {
        "is on the network"
    } else if path.contains(['\\', ':', '\0']) || path.starts_with('/') {
        "has a path that is not within a folder"
    } else if Path::new(path).components().all(is_within) {
        return Ok(());
    } else {
        "lies outside the folder"
    };
    Err(TfjsError::Path { path: path.to_owned(), reason })
}
