//! Why a model has no form in ONNX, in words.

use std::borrow::Cow;
use std::fmt;

use model_graph::DuplicateName;

/// A layer that has no form in ONNX.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoForm {
    /// The layer's name, behind those of the models that it is in.
    pub layer: String,
    /// Its class.
    pub class: String,
    /// Why it has none.
    pub reason: Cow<'static, str>,
}

impl fmt::Display for NoForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`, a `{}`: {}", self.layer, self.class, self.reason)
    }
}

/// Why a model was not exported. Nothing has been written then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// Layers have no form in ONNX: all of them, in the order of their calls.
    #[error("{} of this model's layers have no form in ONNX:{}", .0.len(), listed(.0))]
    NoForm(Vec<NoForm>),
    /// Two layers have one name.
    #[error("{0}")]
    Name(DuplicateName),
    /// There are more or fewer weights than the graph has.
    #[error("the graph has {expected} weights, and {found} were given: one slice for each of `graph.weights()`, in that order")]
    Weights {
        /// How many the graph has.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// A weight has more or fewer elements than its shape.
    #[error("the weight `{path}` has {expected} elements, and {found} were given")]
    Elements {
        /// The weight's path.
        path: String,
        /// How many its shape has.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// A size is a constant of Rust code, whose value the graph does not have.
    #[error(
        "the size `{0}` is a constant of the code around, which the graph does not know: export the model, not its description"
    )]
    Constant(String),
    /// A named dimension is the size of no input.
    #[error(
        "the size `{0}` cannot be worked out from the inputs: give one of them an axis of this size, or of a multiple and a number more"
    )]
    Unbound(String),
    /// The model is plain code.
    #[error("`{0}` is code, not a graph: export the models that it is made of")]
    Code(String),
    /// The file would be larger than the format allows.
    #[error("the weights take {bytes} bytes, and one file of ONNX holds less than 2147483648: export the model in parts")]
    Large {
        /// The bytes of the weights.
        bytes: u64,
    },
}

fn listed(layers: &[NoForm]) -> String {
    layers.iter().map(|layer| format!("\n  {layer}")).collect()
}
