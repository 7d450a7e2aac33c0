//! Opening models: what a file is, its first bytes say; a model comes of it, or weights alone.

use std::fmt;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use functional_model::Graph;
use functional_model::exchange::tfjs::{self, Folder};
use functional_model::exchange::{Dtype, Tensor};
use functional_model::file::{Contents, Kind, read_bytes};
use functional_model::network::{Network, Trainable};
use functional_model::prelude::{CustomObjects, Model};
use serde_json::Value;

use crate::answer::{Failure, Result};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A file of the library's or of Keras's.
    File(Kind),
    /// The configuration of a model, without weights.
    Json,
    /// `model.json` of TensorFlow.js, with its shards.
    TensorFlowJs,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(kind) => kind.fmt(f),
            Self::Json => f.write_str("JSON of Keras, a model without weights"),
            Self::TensorFlowJs => f.write_str("layers model of TensorFlow.js"),
        }
    }
}

/// What is in a file.
#[derive(Debug)]
pub struct File {
    /// Where it is: `model.json`, where a folder was named.
    pub path: PathBuf,
    /// What it is.
    pub format: Format,
    /// The program that wrote it, as far as it tells.
    pub writer: Option<String>,
    /// The model; none of weights alone.
    pub model: Option<Model>,
    /// The weights of a file of weights alone.
    pub weights: Vec<(String, Tensor<'static>)>,
    /// What the elements of a model's weights are in the file, in its order.
    pub dtypes: Vec<Dtype>,
    /// How the model was trained, as Keras writes it.
    pub training: Option<Value>,
    /// How many arrays the optimiser remembers.
    pub remembered: usize,
    /// Whether the file tells how the model was trained in a way that is not read.
    has_unread_training: bool,
}

impl File {
    fn new(path: PathBuf, format: Format) -> Self {
        let (weights, dtypes) = (Vec::new(), Vec::new());
        Self {
            path,
            format,
            writer: None,
            model: None,
            weights,
            dtypes,
            training: None,
            remembered: 0,
            has_unread_training: false,
        }
    }

    /// How the model was trained, where the file tells it in a way that is not read.
    pub fn unread_training(&self) -> Option<String> {
        self.has_unread_training.then(|| format!("how it was trained, which is not read of {}", self.format))
    }

    /// Whether it tells a loss that the model was compiled with: one that was trained by hand has an optimizer alone.
    pub fn has_loss(&self) -> bool {
        self.training.as_ref().is_some_and(|training| !training["compile_config"]["loss"].is_null())
    }

    /// Whether it has weights.
    pub fn has_weights(&self) -> bool {
        self.format != Format::Json
    }

    /// The model.
    ///
    /// # Errors
    /// If the file has weights alone.
    pub fn into_model(self) -> Result<Model> {
        let help = "expected a file with a model\nhelp: `convert model.json net.keras --weights FILE` puts both together";
        let told = || Failure::of_file(&self.path, format_args!("it is {}: {help}", self.format));
        self.model.ok_or_else(told)
    }

    /// The model with its weights.
    ///
    /// # Errors
    /// If the file has only one of both.
    pub fn into_whole_model(self) -> Result<Model> {
        if !self.has_weights() {
            let help = "help: `convert model.json net.keras --weights FILE` gives it weights";
            return Err(Failure::of_file(&self.path, format_args!("it is {}: expected one with weights\n{help}", self.format)));
        }
        self.into_model()
    }
}

/// The model of a file, whether it has weights or not.
pub fn model(path: &Path) -> Result<Model> {
    open(path)?.into_model()
}

/// What is in a file: all of it has been read and found to be whole.
///
/// # Errors
/// If there is no such file, or it is damaged or of a kind that is not read.
pub fn open(path: &Path) -> Result<File> {
    let (path, bytes) = read(path)?;
    look(path, &bytes)
}

/// The file that is meant, and its bytes.
pub fn read(path: &Path) -> Result<(PathBuf, Vec<u8>)> {
    let path = document(path)?;
    let bytes = read_bytes(&path)?;
    Ok((path, bytes))
}

/// What is in the bytes of a file.
pub fn look(path: PathBuf, bytes: &[u8]) -> Result<File> {
    if bytes.trim_ascii_start().starts_with(b"{") {
        return of_json(path, bytes);
    }
    if bytes.is_empty() {
        return Err(Failure::of_file(&path, "the file is empty"));
    }
    if ending(&path) == "onnx" {
        return Err(Failure::of_file(&path, "files of ONNX are written, and not read"));
    }
    let contents = Contents::of(bytes).map_err(|problem| Failure::of_problem(&path, problem))?;
    let mut file = File::new(path, Format::File(contents.kind));
    if let Some(model) = contents.model {
        file.model = Some(model);
        file.dtypes = contents.weights.iter().map(|(_, tensor)| tensor.dtype).collect();
    } else {
        let owned = |(name, tensor): (String, Tensor<'_>)| (name, tensor.into_owned());
        file.weights = contents.weights.into_iter().map(owned).collect();
    }
    file.remembered = contents.others.iter().filter(|(name, _)| name.starts_with("optimizer")).count();
    (file.writer, file.training) = (contents.writer, contents.training);
    file.has_unread_training = contents.has_unread_training;
    Ok(file)
}

/// Checks that there is a folder for a file that is to be written: better before long work than behind it.
pub fn check_folder(path: &Path) -> Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) if !folder.is_dir() => Err(Failure::of_file(folder, "there is no such folder")),
        _ => Ok(()),
    }
}

/// What is at a path, or the words for why that cannot be told.
pub fn find(path: &Path) -> Result<Metadata> {
    fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::of_file(path, "there is no such file"),
        io::ErrorKind::PermissionDenied => Failure::of_file(path, "it may not be read"),
        _ => Failure::of_file(path, error),
    })
}

/// The ending of a name in small letters, without its dot; nothing where it has none.
pub fn ending(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

/// The file that is meant: in a folder, the `model.json` of TensorFlow.js.
fn document(path: &Path) -> Result<PathBuf> {
    let is_folder = find(path)?.is_dir();
    let inner = path.join("model.json");
    match is_folder {
        false => Ok(path.to_owned()),
        true if inner.is_file() => Ok(inner),
        true => {
            Err(Failure::of_file(path, "it is a folder: expected a file, or a folder with the `model.json` of TensorFlow.js"))
        }
    }
}

fn of_json(path: PathBuf, bytes: &[u8]) -> Result<File> {
    let document: Value =
        serde_json::from_slice(bytes).map_err(|error| Failure::of_file(&path, format_args!("it is no JSON: {error}")))?;
    let writer = |key: &str| document[key].as_str().map(ToOwned::to_owned);
    if document["weightsManifest"].is_array() {
        let mut file = File::new(path, Format::TensorFlowJs);
        let folder = file.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let read = tfjs::read(bytes, &mut Folder(folder.to_owned()), CustomObjects::<f32>::new().registry());
        let tfjs::Read { graph, weights } = read.map_err(|error| Failure::of_file(&file.path, error))?;
        file.model = Some(with_weights(graph, weights).map_err(|error| Failure::of_file(&file.path, error))?);
        file.dtypes = vec![Dtype::F32; graph_weights(file.model.as_ref())];
        file.writer = writer("convertedBy").or_else(|| writer("generatedBy"));
        file.has_unread_training = document["trainingConfig"].is_object();
        return Ok(file);
    }
    let text = String::from_utf8_lossy(bytes);
    let mut file = File::new(path, Format::Json);
    file.model = Some(Model::from_config(&text, 0).map_err(|error| Failure::of_file(&file.path, error))?);
    file.writer = writer("keras_version").map(|version| format!("Keras {version}"));
    Ok(file)
}

fn graph_weights(model: Option<&Model>) -> usize {
    model.map_or(0, |model| model.graph().weights().len())
}

/// A model with these weights.
fn with_weights(graph: Graph, weights: Vec<Vec<f32>>) -> functional_model::Result<Model> {
    let mut model = Model::new(graph, 0)?;
    let mut weights = weights.into_iter();
    model.visit_mut(&mut |weight| {
        weights.next().iter().for_each(|elements| weight.data.copy_from_slice(elements));
    });
    Ok(model)
}
