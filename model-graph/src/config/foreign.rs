//! Documents that are not Keras 3's. It is asked where one cannot be read.

use std::fmt;

use serde_json::Value;

use super::origin::{Origin, Program};
use crate::message::short;

/// What a document is that cannot be read as one of Keras 3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// An older program's.
    Old(Origin),
    /// A graph of operations, which are not layers, of TensorFlow.js, by this version.
    TensorFlowJsGraph(Option<String>),
    /// Keras's, and what was saved beside the model's own document.
    Wrapped,
}

/// Whether a document of TensorFlow.js is a graph of operations, which are not layers.
#[must_use]
pub fn is_operations_graph(document: &Value) -> bool {
    let is_told = document.get("format").is_some_and(|format| format == "graph-model");
    is_told || document.get("modelTopology").is_some_and(|topology| topology.get("node").is_some())
}

impl Foreign {
    /// What a document is, unless it may be Keras 3's.
    pub(super) fn of(document: &Value) -> Option<Self> {
        if let Some(topology) = document.get("modelTopology") {
            let version = text(document, "generatedBy").or_else(|| text(topology, "keras_version"));
            let layers = Origin { program: Program::TensorFlowJs, version: version.clone() };
            return Some(if is_operations_graph(document) { Self::TensorFlowJsGraph(version) } else { Self::Old(layers) });
        }
        let wrapped = || document.get("model_config").map(|_| Self::Wrapped);
        Origin::of(document, None).map(Self::Old).or_else(wrapped)
    }

    fn version(&self) -> Option<&String> {
        match self {
            Self::Old(Origin { version, .. }) | Self::TensorFlowJsGraph(version) => version.as_ref(),
            Self::Wrapped => None,
        }
    }
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(|text| short(text).into_owned())
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, help) = match self {
            Self::Old(Origin { program: Program::Keras1, .. }) => (
                "a model of Keras 1",
                "load it in Keras 2.3, save it as `.h5`, load that in Keras 3, and take what `model.to_json()` gives there",
            ),
            Self::Old(Origin { program: Program::Keras2 | Program::TfKeras, .. }) => (
                "a model of Keras 2",
                "save it as `.h5` where it was made, load that in Keras 3, and take what `model.to_json()` gives there",
            ),
            Self::Old(Origin { program: Program::TensorFlowJs, .. }) => (
                "a model of TensorFlow.js",
                "convert it, `tensorflowjs_converter --input_format tfjs_layers_model --output_format keras model.json model.h5`, load \
                 that in Keras 3, and take what `model.to_json()` gives there",
            ),
            Self::TensorFlowJsGraph(_) => (
                "a graph of operations of TensorFlow.js",
                "load the Keras model that it was made of in Keras 3, and take what `model.to_json()` gives there",
            ),
            Self::Wrapped => {
                ("a model with what was saved beside it", "take what `model_config` holds, if Keras 3 has written it")
            }
        };
        write!(f, "is {what}")?;
        if let Some(version) = self.version() {
            write!(f, ", written by `{version}`")?;
        }
        write!(f, ": only documents of Keras 3 are read\nhelp: {help}")
    }
}
