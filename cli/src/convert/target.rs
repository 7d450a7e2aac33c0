//! What a model is converted to, as the new name tells.

use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use functional_model::exchange::tfjs;
use functional_model::file::atomic;
use functional_model::network::Network;
use functional_model::prelude::Model;

use crate::answer::{Failure, Result};

/// A format that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Own,
    Weights,
    Keras,
    KerasWeights,
    Numpy,
    Config,
    Onnx,
    TensorFlowJs,
}

/// The name of a model's document in TensorFlow.js.
const DOCUMENT: &str = "model.json";

impl Target {
    /// The format that a name tells.
    pub fn of(path: &Path, weights_only: bool) -> Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let is_folder = path.is_dir() || path.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
        let ending = name.rsplit_once('.').map(|(_, ending)| ending);
        let target = match ending {
            _ if is_folder || name == DOCUMENT => Self::TensorFlowJs,
            _ if name.ends_with(".weights.h5") => Self::KerasWeights,
            Some("safetensors") if weights_only => Self::Weights,
            Some("safetensors") => Self::Own,
            Some("keras") => Self::Keras,
            Some("json") => Self::Config,
            Some("onnx") => Self::Onnx,
            Some("npz") => Self::Numpy,
            Some("h5") => return Err(refused(path, "write `.keras`, or `.weights.h5` for weights alone")),
            _ => {
                return Err(refused(
                    path,
                    "`.safetensors`, `.keras`, `.onnx`, `.json`, `.weights.h5` and `.npz` are written, and folders",
                ));
            }
        };
        if weights_only && !target.is_weights_alone() {
            return Err(refused(path, "`--weights-only` is for `.safetensors`; `.weights.h5` and `.npz` need it not"));
        }
        Ok(target)
    }

    /// Whether there is no model in it.
    pub fn is_weights_alone(self) -> bool {
        matches!(self, Self::Weights | Self::KerasWeights | Self::Numpy)
    }

    /// Whether it can hold how a model was trained.
    pub fn has_training(self) -> bool {
        matches!(self, Self::Own | Self::Keras)
    }

    /// The file that is written for a name: in a folder, the document.
    pub fn file(self, path: &Path) -> PathBuf {
        let is_document = path.file_name().is_some_and(|name| name.eq_ignore_ascii_case(DOCUMENT));
        if self == Self::TensorFlowJs && !is_document { path.join(DOCUMENT) } else { path.to_owned() }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Own => "`.safetensors` of functional-model",
            Self::Weights => "`.safetensors`, weights alone",
            Self::Keras => "`.keras` of Keras 3",
            Self::KerasWeights => "`.weights.h5` of Keras 3, weights alone",
            Self::Numpy => "`.npz` of NumPy, weights alone",
            Self::Config => "JSON of Keras 3, the model without weights",
            Self::Onnx => "ONNX",
            Self::TensorFlowJs => "layers model of TensorFlow.js",
        })
    }
}

fn refused(path: &Path, help: &str) -> Failure {
    Failure::of_file(path, format_args!("the name does not tell a format that is written\nhelp: {help}"))
}

/// Writes a text, whole or not at all.
pub fn write_text(path: &Path, text: &str) -> Result<()> {
    write_bytes(path, text.as_bytes())
}

fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    atomic::write(path, |file| file.write_all(bytes)).map_err(|error| Failure::of_file(path, error))
}

/// Writes a document of TensorFlow.js, and beside it the shards, which come first: a document that is there has all of them.
pub fn write_tfjs(model: &Model, document: &Path) -> Result<()> {
    let mut weights: Vec<Vec<f32>> = Vec::new();
    model.visit(&mut |weight, _| weights.push(weight.data.to_vec()));
    let weights: Vec<&[f32]> = weights.iter().map(Vec::as_slice).collect();
    let files = tfjs::write(model.graph(), &weights)?;
    let folder = document.parent().unwrap_or(Path::new(""));
    if !folder.as_os_str().is_empty() {
        fs::create_dir_all(folder).map_err(|error| Failure::of_file(folder, error))?;
    }
    for (name, bytes) in &files.shards {
        write_bytes(&folder.join(name), bytes)?;
    }
    write_text(document, &files.model)
}
