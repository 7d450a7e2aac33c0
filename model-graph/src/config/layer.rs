//! One layer of a document: its class, its arguments, its type of numbers.

use std::num::NonZeroUsize;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::error::{ConfigError, ConfigProblem};
use super::fields::{flag, list, mismatch, object, text};
use super::read::{self, Model};
use crate::argument::Argument;
use crate::dim::Dim;
use crate::graph::Kind;
use crate::layers::{CLASSES, Class};
use crate::message::ArgumentError;
use crate::shape::{DType, Shape, TensorType};

/// The operations of `keras.ops` that are the layers of the same name, called with two tensors: `a + b` in Python.
const OPERATIONS: [&str; 5] = ["Add", "Maximum", "Minimum", "Multiply", "Subtract"];

/// What a document says of a layer.
pub(super) enum Made {
    /// It is an input of the model.
    Input(TensorType),
    /// It is called.
    Layer(Callable),
}

/// A layer that can be called.
pub(super) struct Callable {
    /// What it is.
    pub kind: Kind,
    /// Whether training changes its weights.
    pub trainable: bool,
    /// For a model: which of its outputs Keras counts first, second and so on.
    pub outputs: Vec<usize>,
    /// Whether Keras counts its calls from 1 where a model's inputs and outputs are listed.
    pub counts_from_one: bool,
}

impl Callable {
    fn new(kind: Kind, trainable: bool) -> Self {
        Self { kind, trainable, outputs: vec![0], counts_from_one: false }
    }
}

/// Reads a layer, without its calls.
pub(super) fn read(document: &Value, depth: usize) -> Result<Made, ConfigError> {
    let class = class(document)?;
    let config = object(document, "config", "the layer's configuration")?;
    let trainable = flag(config, "trainable", true)?;
    if class == "InputLayer" {
        return input(config, document).map(Made::Input);
    }
    if class == "Functional" || class == "Sequential" {
        let Model { graph, outputs } = read::model(document, depth + 1)?;
        let counts_from_one = class == "Functional";
        return Ok(Made::Layer(Callable { kind: Kind::Model(Arc::new(graph)), trainable, outputs, counts_from_one }));
    }
    let found = Class::find(class).ok_or_else(|| unknown(class))?;
    float32(config)?;
    let arguments = arguments(found, config);
    let error = |problem| ArgumentError { class: class.to_owned(), problem };
    let layer = found.read(&arguments).map_err(|problems| problems.into_iter().map(error).collect());
    layer.map(|layer| Made::Layer(Callable::new(Kind::Layer(layer), trainable))).map_err(|e| ConfigProblem::Arguments(e).into())
}

/// The class, if it is Keras's own.
fn class(document: &Value) -> Result<&str, ConfigError> {
    let class = text(document, "class_name", "a layer's class")?;
    let module = document.get("module").and_then(Value::as_str).unwrap_or("keras.layers");
    let registered = document.get("registered_name").and_then(Value::as_str).unwrap_or(class);
    if registered != class {
        return Err(unknown(registered));
    }
    let is_keras = module == "keras" || module.starts_with("keras.");
    let is_operation = module.starts_with("keras.src.ops.") || module.starts_with("keras.ops");
    if !is_keras || (is_operation && !OPERATIONS.contains(&class)) {
        return Err(unknown(&format!("{module}.{class}")));
    }
    Ok(class)
}

fn unknown(class: &str) -> ConfigError {
    ConfigProblem::Class { found: class.to_owned(), known: CLASSES.iter().map(|class| class.name).collect() }.into()
}

/// The class's own arguments: what every layer has is left out, and so is what says nothing.
fn arguments(class: &Class, config: &Map<String, Value>) -> Map<String, Value> {
    let known = class.arguments();
    let own = config.iter().filter(|(key, value)| {
        let is_argument = known.iter().any(|argument| argument.name == key.as_str());
        is_argument || (!["name", "trainable", "dtype"].contains(&key.as_str()) && !value.is_null())
    });
    own.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Checks that a layer computes with `float32`.
fn float32(config: &Map<String, Value>) -> Result<(), ConfigError> {
    let Some(dtype) = config.get("dtype").filter(|dtype| !dtype.is_null()) else { return Ok(()) };
    let policy = dtype.get("config").and_then(|config| config.get("name"));
    match policy.unwrap_or(dtype) {
        Value::String(name) if name == "float32" => Ok(()),
        other => Err(mismatch("dtype", "`float32`, the only one supported", other)),
    }
}

/// An input's type.
fn input(config: &Map<String, Value>, document: &Value) -> Result<TensorType, ConfigError> {
    for (key, value) in config {
        let known = ["batch_shape", "dtype", "name", "trainable"].contains(&key.as_str());
        if !known && !value.is_null() && value != false {
            return Err(ConfigProblem::Option { name: key.clone(), found: value.clone() }.into());
        }
    }
    let dtype = match config.get("dtype") {
        None | Some(Value::Null) => DType::F32,
        Some(name) => *DType::ALL
            .iter()
            .find(|dtype| name == dtype.keras_name())
            .ok_or_else(|| mismatch("dtype", "`float32` or `int32`", name))?,
    };
    let shape = config.get("batch_shape").ok_or(ConfigProblem::Missing { key: "batch_shape", expected: SHAPE })?;
    let name = name(document)?;
    let named = document.get("dimensions").map_or_else(|| Ok(Vec::new()), |named| dimensions(named, shape))?;
    let unknown = |axis: usize| named.get(axis).cloned().flatten().unwrap_or_else(|| Dim::named(format!("{name}_{}", axis + 1)));
    Ok(TensorType { dtype, shape: batch_shape("batch_shape", shape, unknown)? })
}

const SHAPE: &str = "a list of sizes, null for the batch and for what is any size";

/// The shape of a sample, from one that starts with the batch; `unknown` stands for what is any size, by its axis.
pub(super) fn batch_shape(key: &'static str, value: &Value, unknown: impl Fn(usize) -> Dim) -> Result<Shape, ConfigError> {
    let error = || mismatch(key, SHAPE, value);
    let (batch, sizes) = value.as_array().and_then(|sizes| sizes.split_first()).ok_or_else(error)?;
    let sizes = sizes.iter().enumerate().map(|(axis, size)| match size {
        Value::Null => Some(unknown(axis)),
        size => NonZeroUsize::from_value(size).map(|size| Dim::from(size.get())).ok(),
    });
    let shape = Shape(sizes.collect::<Option<_>>().filter(|_| batch.is_null()).ok_or_else(error)?);
    shape.elements().map(|_| ()).ok_or_else(error)?;
    Ok(shape)
}

/// What this library writes beside an input of which an axis is any size, and Keras passes over: for each axis the name that the size
/// has, or what it follows from.
fn dimensions(named: &Value, shape: &Value) -> Result<Vec<Option<Dim>>, ConfigError> {
    let error = || mismatch("dimensions", "for each null of the shape a name or a formula", named);
    let (named, axes) = (named.as_array().ok_or_else(error)?, shape.as_array().map_or(0, Vec::len));
    if named.len() + 1 != axes {
        return Err(error());
    }
    let read = |dim: &Value| match dim {
        Value::String(text) => text.parse().map(Some).map_err(|_| error()),
        Value::Null => Ok(None),
        _ => Err(error()),
    };
    named.iter().map(read).collect()
}

/// The name that a layer's own configuration gives it.
pub(super) fn name(document: &Value) -> Result<&str, ConfigError> {
    let config = document.get("config").unwrap_or(&Value::Null);
    let given = document.get("name").filter(|name| name.is_string()).and(Some(document)).unwrap_or(config);
    text(given, "name", "the layer's name")
}

/// The layers of a model's configuration.
pub(super) fn layers(config: &Value) -> Result<&[Value], ConfigError> {
    list(config, "layers", "a list of layers")
}
