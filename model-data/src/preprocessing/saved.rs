//! Documents and files of what stands in front of a model.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use model_core::error::Result;
use model_core::file::{FileProblem, atomic, regular};
use model_core::keras::Fields;
use model_core::{Error, keras};
use serde_json::Value;

use super::PreprocessingError;

/// A document of a class with a configuration, as `keras.layers.serialize` gives it.
pub(super) fn document(class: &str, config: Value) -> String {
    keras::object("keras.layers", class, config).to_string()
}

/// Reads the configuration of a document of a class.
pub(super) fn read<T>(class: &'static str, json: &str, read: impl FnOnce(&mut Fields<'_>) -> Result<T>) -> Result<T> {
    let document: Value = serde_json::from_str(json).map_err(|source| PreprocessingError::Json { class, source })?;
    let (found, mut fields) = Fields::of_object(&document, class)?;
    if found != class {
        return Err(PreprocessingError::Class { expected: class, found: found.to_owned() }.into());
    }
    fields.ignore(&["name", "trainable", "dtype"]);
    let value = read(&mut fields)?;
    fields.finish()?;
    Ok(value)
}

/// Reads an argument of Keras's that can have one value here only.
pub(super) fn fixed(class: &str, fields: &mut Fields<'_>, key: &str, only: &Value) -> Result<()> {
    match fields.given(key) {
        Some(value) if value != *only => Err(keras::wrong(class, key, &format!("`{only}`"), &value)),
        _ => Ok(()),
    }
}

/// Writes a file, whole or not at all.
pub(super) fn save(path: &Path, json: &str) -> Result<()> {
    atomic::write(path, |file: &mut File| file.write_all(json.as_bytes())).map_err(|problem| io(path, problem))
}

/// Reads a file by what reads its document.
pub(super) fn load<T>(path: &Path, read: impl FnOnce(&str) -> Result<T>) -> Result<T> {
    let mut json = String::new();
    regular::open(path).and_then(|(mut file, _)| file.read_to_string(&mut json)).map_err(|problem| io(path, problem))?;
    read(&json).map_err(|source| PreprocessingError::File { path: path.to_owned(), source: Box::new(source) }.into())
}

fn io(path: &Path, problem: std::io::Error) -> Error {
    Error::File { path: path.to_owned(), problem: FileProblem::Io(problem) }
}

/// The methods that save and load, of what has `config` and `read_config`.
macro_rules! saved {
    () => {
        /// Keras's serialised layer, as `keras.layers.serialize` gives it, with the vocabulary that is in use, if there is one.
        ///
        /// # Errors
        /// If the arguments do not fit together.
        pub fn to_json(&self) -> model_core::Result<String> {
            Ok(crate::preprocessing::saved::document(Self::CLASS, self.config()?))
        }

        /// Reads what [`to_json`](Self::to_json) gives, or Keras's `keras.layers.serialize`.
        ///
        /// # Errors
        /// If the document is cut short, is of another class, has an argument that this library has not, or a vocabulary that is none.
        pub fn from_json(json: &str) -> model_core::Result<Self> {
            crate::preprocessing::saved::read(Self::CLASS, json, Self::read_config)
        }

        /// Saves what [`to_json`](Self::to_json) gives, as a file that is written whole or not at all.
        ///
        /// # Errors
        /// If the arguments do not fit together, or the file cannot be written. What was there before is then still there.
        pub fn save(&self, path: impl AsRef<std::path::Path>) -> model_core::Result<()> {
            crate::preprocessing::saved::save(path.as_ref(), &self.to_json()?)
        }

        /// Loads what [`save`](Self::save) has written.
        ///
        /// # Errors
        /// If the file cannot be read, and as [`from_json`](Self::from_json).
        pub fn load(path: impl AsRef<std::path::Path>) -> model_core::Result<Self> {
            crate::preprocessing::saved::load(path.as_ref(), Self::from_json)
        }
    };
}
pub(super) use saved;
