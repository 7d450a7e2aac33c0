//! Documents that are not Keras 3's: what wrote them. It is asked where one cannot be read.

use std::fmt;

use serde_json::Value;

/// What has written a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    program: Program,
    /// As the document tells it.
    version: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Program {
    Keras1,
    Keras2,
    /// Of a model of Keras.
    TensorFlowJs,
    /// Of operations, which are not layers.
    TensorFlowJsGraph,
    /// Keras's, and what was saved beside the model's own document.
    Wrapped,
}

/// Arguments that layers had in Keras 1, and have no more.
const KERAS_1: [&str; 7] = ["init", "border_mode", "nb_filter", "W_regularizer", "b_regularizer", "W_constraint", "b_constraint"];

impl Origin {
    /// What has written a document, unless it may be Keras 3.
    pub(super) fn of(document: &Value) -> Option<Self> {
        if let Some(topology) = document.get("modelTopology") {
            let is_graph = document.get("format").is_some_and(|format| format == "graph-model") || topology.get("node").is_some();
            let program = if is_graph { Program::TensorFlowJsGraph } else { Program::TensorFlowJs };
            return Some(Self { program, version: text(document, "generatedBy").or_else(|| text(topology, "keras_version")) });
        }
        let version = text(document, "keras_version");
        let is_version = |start| version.as_ref().is_some_and(|version: &String| version.starts_with(start));
        let program = match document {
            _ if is_version("tfjs") => Program::TensorFlowJs,
            _ if is_version("0.") || is_version("1.") => Program::Keras1,
            _ if is_version("2.") => Program::Keras2,
            _ if document.get("model_config").is_some() => Program::Wrapped,
            _ if any_layer(document, is_of_keras_1) => Program::Keras1,
            _ if is_old(document) => Program::Keras2,
            _ => return None,
        };
        Some(Self { program, version })
    }
}

/// Whether a document has a form that Keras 3 has left behind.
fn is_old(document: &Value) -> bool {
    let calls = |layer: &Value| {
        layer.get("inbound_nodes").and_then(Value::as_array).is_some_and(|calls| calls.iter().any(Value::is_array))
    };
    document.get("class_name").is_some_and(|class| class == "Model")
        || document.get("config").is_some_and(Value::is_array)
        || any_layer(document, |layer| calls(layer) || in_config(layer, "batch_input_shape"))
}

fn is_of_keras_1(layer: &Value) -> bool {
    layer.get("module").is_none() && KERAS_1.iter().any(|key| in_config(layer, key))
}

/// Whether something holds of any of a model's layers.
fn any_layer(document: &Value, holds: impl Fn(&Value) -> bool) -> bool {
    let config = document.get("config");
    let layers = config.and_then(|config| config.get("layers")).or(config).and_then(Value::as_array);
    layers.is_some_and(|layers| layers.iter().any(holds))
}

fn in_config(layer: &Value, key: &str) -> bool {
    layer.get("config").and_then(|config| config.get(key)).is_some()
}

/// A short text.
fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().filter(|text| text.len() < 60).map(str::to_owned)
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, help) = match self.program {
            Program::Keras1 => (
                "a model of Keras 1",
                "load it in Keras 2.3, save it as `.h5`, load that in Keras 3, and take what `model.to_json()` gives there",
            ),
            Program::Keras2 => (
                "a model of Keras 2",
                "save it as `.h5` where it was made, load that in Keras 3, and take what `model.to_json()` gives there",
            ),
            Program::TensorFlowJs => (
                "a model of TensorFlow.js",
                "convert it, `tensorflowjs_converter --input_format tfjs_layers_model --output_format keras model.json model.h5`, load \
                 that in Keras 3, and take what `model.to_json()` gives there",
            ),
            Program::TensorFlowJsGraph => (
                "a graph of operations of TensorFlow.js",
                "load the Keras model that it was made of in Keras 3, and take what `model.to_json()` gives there",
            ),
            Program::Wrapped => {
                ("a model with what was saved beside it", "take what `model_config` holds, if Keras 3 has written it")
            }
        };
        write!(f, "is {what}")?;
        if let Some(version) = &self.version {
            write!(f, ", written by `{version}`")?;
        }
        write!(f, ": only documents of Keras 3 are read\nhelp: {help}")
    }
}
