//! What can be wrong with a model of TensorFlow.js, or keep one from becoming one, and the words for it.

use std::fmt;
use std::io;

use model_graph::config::ConfigError;
use thiserror::Error;

use crate::legacy::LegacyError;

/// A model of TensorFlow.js that cannot be read, or cannot be written.
#[derive(Debug, Error)]
pub enum TfjsError {
    /// The document is not JSON.
    #[error("`model.json` is not JSON: {0}")]
    Json(String),
    /// It is a graph of operations.
    #[error(
        "`model.json` is a graph of operations, and only models of layers are read\nhelp: convert the Keras model that it was made of"
    )]
    GraphModel,
    /// Something is not there, or is not what it must be.
    #[error("`model.json` has no {what} at `{place}`\nhelp: save the model again, or convert it again")]
    Document {
        /// What should be there.
        what: &'static str,
        /// Where.
        place: String,
    },
    /// A shard lies where none may lie.
    #[error("the shard `{path}` {reason}\nhelp: shards lie in the folder of `model.json`, or in one inside it")]
    Path {
        /// As the document names it.
        path: String,
        /// Why not.
        reason: &'static str,
    },
    /// A shard cannot be read.
    #[error("the shard `{path}` cannot be read: {error}")]
    Io {
        /// As the document names it.
        path: String,
        /// Why not.
        error: io::Error,
    },
    /// The shards of a group hold more or less than the document says.
    #[error(
        "the shards {paths} hold {found} bytes, expected {expected} as their weights say\nhelp: take all files of one model, whole"
    )]
    Size {
        /// The shards.
        paths: String,
        /// How many bytes the weights take.
        expected: u64,
        /// How many there are.
        found: u64,
    },
    /// A weight is of a type that is not read.
    #[error("the weight `{weight}` is of `{found}`, expected {expected}")]
    Type {
        /// Its name.
        weight: String,
        /// The type.
        found: String,
        /// The types that are read.
        expected: &'static str,
    },
    /// Two weights have one name.
    #[error("`model.json` has two weights named `{0}`")]
    Twice(String),
    /// The weights are not those of the layers.
    #[error("the weights are not those of the layers{}", listed(missing, unexpected, misshapen))]
    Weights {
        /// Weights of layers that there are no numbers for.
        missing: Vec<String>,
        /// Numbers that no layer has a weight for.
        unexpected: Vec<String>,
        /// Weights with numbers of another shape.
        misshapen: Vec<Misshapen>,
    },
    /// The layers cannot be read.
    #[error(transparent)]
    Legacy(#[from] LegacyError),
    /// The layers make no model.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A model cannot be written, since TensorFlow.js lacks parts of it.
    #[error("TensorFlow.js does not have {} of the model's parts{}", .0.len(), lines(.0))]
    Unsupported(Vec<Unsupported>),
    /// Weights were given that are not those of the graph.
    #[error("expected {expected} elements of `{weight}`, found {found}")]
    Elements {
        /// The weight.
        weight: String,
        /// How many it has.
        expected: usize,
        /// How many were given.
        found: usize,
    },
}

/// A weight whose numbers have another shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misshapen {
    /// The weight's path.
    pub weight: String,
    /// Its shape.
    pub expected: Vec<usize>,
    /// The shape in the file.
    pub found: Vec<usize>,
}

/// A part of a model that TensorFlow.js does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// The names that lead to the layer.
    pub place: Vec<String>,
    /// What is not there: the class, or the argument with its value.
    pub what: String,
    /// What to do.
    pub help: &'static str,
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is {}\nhelp: {}", self.place.join("/"), self.what, self.help)
    }
}

fn lines(items: &[Unsupported]) -> String {
    items.iter().map(|item| format!("\n{item}")).collect()
}

fn listed(missing: &[String], unexpected: &[String], misshapen: &[Misshapen]) -> String {
    let missing = missing.iter().map(|name| format!("\nmissing: `{name}`"));
    let unexpected = unexpected.iter().map(|name| format!("\nunexpected: `{name}`"));
    let misshapen = misshapen
        .iter()
        .map(|Misshapen { weight, expected, found }| format!("\nof another shape: `{weight}` is {expected:?}, found {found:?}"));
    missing.chain(unexpected).chain(misshapen).collect()
}
