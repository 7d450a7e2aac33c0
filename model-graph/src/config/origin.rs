//! What has written a document, which tells what its arguments mean.

use std::fmt;

use serde_json::Value;

use crate::message::short;

/// How deep layers are looked for in one another.
const MOST_DEPTH: usize = 64;

/// The program that has written a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Which one.
    pub program: Program,
    /// Its version, as the document tells it.
    pub version: Option<String>,
}

/// Programs whose documents differ from today's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// Keras 0 and 1: `nb_filter`, `border_mode`.
    Keras1,
    /// Keras 2 as a package of its own, up to 2.3.
    Keras2,
    /// `tf.keras`, and Keras 2 from 2.4 on, which is the same.
    TfKeras,
    /// The layers of TensorFlow.js.
    TensorFlowJs,
}

/// Arguments that layers had in Keras 1, and have no more.
const KERAS_1: [&str; 11] = [
    "init",
    "inner_init",
    "border_mode",
    "nb_filter",
    "dim_ordering",
    "W_regularizer",
    "b_regularizer",
    "W_constraint",
    "b_constraint",
    "consume_less",
    "mode_type",
];

impl Origin {
    /// What has written a model's document, unless it may be Keras 3. A version that is not in it stands in the file around it.
    #[must_use]
    pub fn of(document: &Value, around: Option<&str>) -> Option<Self> {
        let version = document.get("keras_version").and_then(Value::as_str).or(around).map(|version| short(version).into_owned());
        let program = match version.as_deref().map(Version::of) {
            Some(Version::Js) => Program::TensorFlowJs,
            Some(Version::Number(0 | 1, _)) => Program::Keras1,
            Some(Version::Number(2, minor)) if minor < 4 && !version.as_deref().unwrap_or_default().ends_with("-tf") => {
                Program::Keras2
            }
            Some(Version::Number(2, _)) => Program::TfKeras,
            Some(Version::Number(..)) => return None,
            Some(Version::Other) | None if has(document, &is_of_keras_1, 0) => Program::Keras1,
            Some(Version::Other) | None if has(document, &is_old, 0) => Program::TfKeras,
            Some(Version::Other) | None => return None,
        };
        Some(Self { program, version })
    }
}

/// What a text says of a version.
enum Version {
    /// `tfjs-layers 4.22.0`.
    Js,
    /// The first two numbers.
    Number(u32, u32),
    Other,
}

impl Version {
    fn of(text: &str) -> Self {
        if text.starts_with("tfjs") || text.starts_with("TensorFlow.js") {
            return Self::Js;
        }
        let mut numbers = text.split(['.', '-']).map(|part| part.parse().ok());
        match (numbers.next().flatten(), numbers.next().flatten()) {
            (Some(major), Some(minor)) => Self::Number(major, minor),
            _ => Self::Other,
        }
    }
}

/// Whether something holds of a model's document or of any layer in it, however deep.
fn has(document: &Value, holds: &impl Fn(&Value) -> bool, depth: usize) -> bool {
    let config = document.get("config");
    let layers = config.and_then(|config| config.get("layers")).or(config).and_then(Value::as_array);
    let inner = config.and_then(|config| config.get("layer"));
    let deeper = |layer: &Value| depth < MOST_DEPTH && has(layer, holds, depth.saturating_add(1));
    holds(document) || layers.into_iter().flatten().chain(inner).any(deeper)
}

fn is_of_keras_1(layer: &Value) -> bool {
    layer.get("module").is_none() && KERAS_1.iter().any(|key| in_config(layer, key))
}

/// Whether a layer or model has a form that Keras 3 has left behind.
fn is_old(layer: &Value) -> bool {
    let calls = layer.get("inbound_nodes").and_then(Value::as_array);
    calls.is_some_and(|calls| calls.iter().any(Value::is_array))
        || layer.get("class_name").is_some_and(|class| class == "Model")
        || layer.get("config").is_some_and(Value::is_array)
        || in_config(layer, "batch_input_shape")
}

fn in_config(layer: &Value, key: &str) -> bool {
    layer.get("config").and_then(|config| config.get(key)).is_some()
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.program {
            Program::Keras1 => "Keras 1",
            Program::Keras2 => "Keras 2",
            Program::TfKeras => "`tf.keras`",
            Program::TensorFlowJs => "TensorFlow.js",
        })?;
        self.version.as_ref().map_or(Ok(()), |version| write!(f, ", written by version `{version}`"))
    }
}
