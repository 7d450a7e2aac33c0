//! The model that a file has, whichever program wrote it, without its weights: of those nothing is read.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use model_graph::config::{self, ConfigError};
use model_graph::custom::Registry;
use model_graph::{DuplicateName, Graph};
use serde_json::Value;

use crate::hdf5;
use crate::keras::{self, KerasProblem};
use crate::legacy::{self, LegacyError};
use crate::regular;

/// What the metadata of this library's own files has the document under, in which the model is.
pub const OWN: &str = "functional_model";

/// Why a file has no model, or none that is read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchitectureError {
    /// The system could not read it.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is no file that has a model.
    #[error(
        "the file is none that has a model: expected `.keras`, `.h5`, `.safetensors` or `.json`, as Keras, TensorFlow.js or `save` write them"
    )]
    Kind,
    /// It has weights alone.
    #[error("the file has weights and no model: expected one that was saved whole")]
    WeightsAlone,
    /// It has a graph of operations.
    #[error(
        "the file has a graph model of TensorFlow.js: expected a layers model, which `tensorflowjs_converter` writes of a model of Keras"
    )]
    GraphModel,
    /// A document in it is none.
    #[error("the document is no JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// It is a file of Keras's that is not whole.
    #[error(transparent)]
    Keras(#[from] KerasProblem),
    /// It is of an older version, and has what cannot be read.
    #[error(transparent)]
    Legacy(#[from] LegacyError),
    /// It has what cannot be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Two of its layers have one name.
    #[error(transparent)]
    Name(#[from] DuplicateName),
}

/// Reads the model of a file: of an archive of Keras's, `.keras`, an `.h5` of Keras 1 or 2, one that this library has saved, `.safetensors`, or a document,
/// `.json`, of any version of Keras or of TensorFlow.js. Which it is, its first bytes tell. Layers of the user's own are known by their declarations.
///
/// ```
/// use model_exchange::architecture;
/// use model_graph::custom::Registry;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("model.json");
/// std::fs::write(&path, r#"{"class_name": "Sequential", "config": {"name": "line", "layers": [
///     {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 4]}},
///     {"class_name": "Dense", "config": {"name": "dense", "units": 1}}]}}"#)?;
/// let graph = architecture::read(&path, &Registry::default())?;
/// assert_eq!(graph.parameters().total.size(), Some(5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If it is none of these, cannot be read or is not whole, or has layers that this library has not.
pub fn read(path: &Path, registry: &Registry) -> Result<Graph, ArchitectureError> {
    let (mut file, _) = regular::open(path)?;
    let document = document(&mut file)?;
    let model = legacy::modern(&document, registry)?;
    Ok(config::read_with(&model, registry)?.pruned().flat()?)
}

/// The document of the model, as it was written.
fn document(file: &mut (impl Read + Seek)) -> Result<Value, ArchitectureError> {
    let mut start = Vec::new();
    file.take(hdf5::SIGNATURE.len() as u64).read_to_end(&mut start)?;
    file.seek(SeekFrom::Start(0))?;
    match start.as_slice() {
        [b'P', b'K', 3, 4, ..] => Ok(keras::config(file)?),
        start if start == hdf5::SIGNATURE => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            keras::whole_model(&bytes)?.ok_or(ArchitectureError::WeightsAlone)
        }
        start if start.trim_ascii_start().starts_with(b"{") => {
            let document: Value = serde_json::from_reader(io::BufReader::new(file))?;
            if config::is_operations_graph(&document) { Err(ArchitectureError::GraphModel) } else { Ok(document) }
        }
        _ => own(file, &start),
    }
}

/// That of a file of this library's, which begins with the length of its header.
fn own(file: &mut (impl Read + Seek), start: &[u8]) -> Result<Value, ArchitectureError> {
    let length = u64::from_le_bytes(start.try_into().map_err(|_| ArchitectureError::Kind)?);
    let whole = file.seek(SeekFrom::End(0))?;
    if length > whole {
        return Err(ArchitectureError::Kind);
    }
    file.seek(SeekFrom::Start(start.len() as u64))?;
    let header: Value = serde_json::from_reader(io::BufReader::new(file.take(length))).map_err(|_| ArchitectureError::Kind)?;
    let document = header["__metadata__"][OWN].as_str().ok_or(ArchitectureError::WeightsAlone)?;
    Ok(serde_json::from_str::<Value>(document)?["config"].take())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use serde_json::json;

    use super::*;

    fn check(bytes: &[u8], expected: &str) {
        let found = document(&mut Cursor::new(bytes)).map_or_else(|error| error.to_string(), |document| document.to_string());
        assert!(found.starts_with(expected), "{found}");
    }

    #[test]
    fn a_model_is_found_wherever_it_lies() {
        let own = |document: &str| {
            let header = json!({ "__metadata__": { OWN: document } }).to_string();
            [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), b"weights"].concat()
        };
        check(&own(r#"{"config": {"class_name": "Functional"}}"#), r#"{"class_name":"Functional"}"#);
        check(&own(""), "the document is no JSON: ");
        check(br#" {"class_name": "Functional"}"#, r#"{"class_name":"Functional"}"#);
        check(br#"{"format": "graph-model"}"#, "the file has a graph model of TensorFlow.js");
        check(b"{", "the document is no JSON: ");
        check(b"PK\x03\x04", "the archive is damaged: ");
        check(b"\x02\0\0\0\0\0\0\0{}", "the file has weights and no model");
        check(b"\x89HDF\r\n\x1a\n", "the variables: it is cut short or damaged");
        for bytes in [b"".as_slice(), b"text", b"\xff\xff\xff\xff\xff\xff\xff\xff{}"] {
            check(bytes, "the file is none that has a model");
        }
    }
}
