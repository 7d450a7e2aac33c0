//! What can be wrong with a file, and its wording.

use crate::error::{Error, names};

/// What is wrong with a file, with what was expected and what was found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileProblem {
    /// The system could not read or write it.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Its name says that it is of a format that is not written.
    #[error("the name ends in {found}, which says another format: expected {expected}, or no ending\nhelp: write `{name}`")]
    Ending {
        /// The endings of the formats that are written.
        expected: String,
        /// The ending.
        found: String,
        /// The name with an ending that is written.
        name: String,
    },
    /// The model has no form in the file's format.
    #[cfg(feature = "onnx")]
    #[error(transparent)]
    Export(#[from] model_exchange::onnx::ExportError),
    /// It is not a whole safetensors file.
    #[error("the file is damaged or of another kind: expected a whole safetensors file, found: {0}")]
    Format(String),
    /// It is another program's.
    #[error("the file is {what}\nhelp: {help}")]
    Kind {
        /// What it is, and what wrote it.
        what: String,
        /// What can be done with it.
        help: &'static str,
    },
    /// It holds less than it says.
    #[error("the file is cut short: expected {expected} bytes up to the end of `{tensor}`, found {found}")]
    Short {
        /// The last tensor that the file says it has.
        tensor: String,
        /// Where the file should end.
        expected: u64,
        /// Where it ends.
        found: u64,
    },
    /// It was not saved by this library.
    #[error("the file has no `functional_model` in its metadata: expected a file that this library has saved")]
    Foreign,
    /// Its document is not as this library writes it.
    #[error("the file's document has no valid `{key}`: expected {expected}")]
    Document {
        /// The key.
        key: &'static str,
        /// What should be there.
        expected: &'static str,
    },
    /// A bit of it has changed since it was saved.
    #[error("the file is damaged: expected the checksum {expected}, found {found}")]
    Checksum {
        /// The checksum that the file says it has.
        expected: String,
        /// The checksum of what is there.
        found: String,
    },
    /// It is the file of another model.
    #[error("the file is another model's: `{place}` differs: expected {expected}, found {found}")]
    OtherModel {
        /// Where the configurations differ.
        place: String,
        /// What the model in memory has.
        expected: String,
        /// What the file has.
        found: String,
    },
    /// Its tensors are not the model's.
    #[error("the file's tensors are not the model's{}", differences(missing, unexpected, different))]
    Tensors {
        /// What the model has and the file has not.
        missing: Vec<String>,
        /// What the file has and the model has not.
        unexpected: Vec<String>,
        /// What both have, but of another shape or type: name, expected, found.
        different: Vec<(String, String, String)>,
    },
    /// A tensor holds what it cannot.
    #[error("`{tensor}` is out of range: expected {expected}, found {found}")]
    Range {
        /// The tensor.
        tensor: String,
        /// What its elements must be.
        expected: &'static str,
        /// What is among them.
        found: &'static str,
    },
    /// It, or what it holds, would take more memory than there is.
    #[error(transparent)]
    TooLarge(#[from] crate::memory::TooLarge),
    /// It was saved without training.
    #[error("the file has no training to go on with: expected one that `Trainer::save` has written")]
    NoTraining,
    /// It was saved with an optimiser, but without losses.
    #[error("the file has no losses to go on with: it was trained by hand\nhelp: `model.resume_optimizer(path)` goes on by hand")]
    NoLosses,
    /// Its configuration is not of a model that this library can run, or its training not what this library can go on with.
    #[error("{0}")]
    Content(Box<Error>),
    /// It is a file of Keras's that is not whole, or holds what no such file has.
    #[error("the file of Keras's cannot be read: {0}")]
    Keras(#[from] model_exchange::keras::KerasProblem),
    /// Its configuration is of an older version of Keras, and has something that cannot be read.
    #[error(transparent)]
    Legacy(#[from] model_exchange::legacy::LegacyError),
    /// It has weights alone.
    #[error(
        "the file has weights and no model: expected one that was saved whole\nhelp: make the model, and call `model.load_weights(path)`"
    )]
    WeightsAlone,
    /// The model's weights have no place in a file of Keras's.
    #[error(
        "the model's weights have no place in a file of Keras's: expected a functional model of layers that Keras has\nhelp: `.safetensors` has them"
    )]
    Unplaced,
    /// The optimiser's state is of other weights.
    #[error("the file has {found} variables of the optimiser: expected {expected} for the weights that are trained")]
    Variables {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// Its configuration does not describe a graph.
    #[error(transparent)]
    Config(#[from] model_graph::config::ConfigError),
    /// Its model cannot be run.
    #[error(transparent)]
    Model(#[from] crate::interpret::ModelError),
}

impl From<Error> for FileProblem {
    fn from(error: Error) -> Self {
        Self::Content(Box::new(error))
    }
}

fn differences(missing: &[String], unexpected: &[String], different: &[(String, String, String)]) -> String {
    let mut text = String::new();
    if !missing.is_empty() {
        text.push_str(&format!(": expected {}, found none", names(missing)));
    }
    if !unexpected.is_empty() {
        text.push_str(&format!(": expected nothing more, found {}", names(unexpected)));
    }
    for (name, expected, found) in different {
        text.push_str(&format!(": `{name}`: expected {expected}, found {found}"));
    }
    text
}
