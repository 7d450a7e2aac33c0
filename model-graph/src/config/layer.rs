//! One layer of a document: its class, its arguments, its type of numbers.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::error::{ConfigError, ConfigProblem};
use super::fields::{flag, list, mismatch, object, text};
use super::read::{self, Model, Reading};
use super::reference;
use crate::argument::{Argument, MOST_AXES, SIGNATURE, Size};
use crate::custom::{Registry, Signature};
use crate::dim::Dim;
use crate::graph::{Graph, Kind, LayerId};
use crate::keras::absent;
use crate::layer::{ArgumentSpec, LayerArguments as _, Manner};
use crate::layers::{CLASSES, Class, Declaration, TimeDistributed, operations};
use crate::message::ArgumentError;
use crate::shape::{DType, Shape, TensorType};

/// What a document says of a layer.
pub(super) enum Made {
    /// It is an input of the model.
    Input(TensorType),
    /// It is called.
    Layer(Box<Callable>),
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
    /// Its own name, where it is called for each step of a sequence by what has the entry's name.
    pub of_each_step: Option<String>,
}

impl Callable {
    fn new(kind: Kind, trainable: bool) -> Self {
        Self { kind, trainable, outputs: vec![0], counts_from_one: false, of_each_step: None }
    }
}

impl Callable {
    /// How it is called.
    pub fn manner(&self) -> Manner {
        if self.of_each_step.is_some() { Manner::default().for_each_step() } else { Manner::default() }
    }

    /// Adds it to a graph, under the name of its entry, or its own where that is not taken by another.
    pub fn add(&self, graph: &mut Graph, entry: &str, is_taken: impl Fn(&str) -> bool) -> LayerId {
        let is_free = |own: &str| !is_taken(own) && own != entry && graph.layers.iter().all(|layer| layer.name() != own);
        let name = match &self.of_each_step {
            Some(own) if is_free(own) => own.clone(),
            Some(own) => format!("{entry}_{own}"),
            None => entry.to_owned(),
        };
        let id = graph.layer(self.kind.clone(), Some(name));
        if let Some(node) = graph.layers.last_mut() {
            node.trainable = self.trainable;
            node.time_distributed = self.of_each_step.as_ref().map(|_| entry.to_owned());
        }
        id
    }
}

/// Reads a layer, without its calls.
pub(super) fn read(document: &Value, reading: Reading<'_>) -> Result<Made, ConfigError> {
    let class = match class(document)? {
        Named::Keras(class) => class,
        Named::Operation(declaration) => return operation(document, &declaration),
        Named::Other { class, registered } => return custom(document, class, registered, reading.registry),
    };
    let config = object(document, "config", "the layer's configuration")?;
    let trainable = flag(config, "trainable", true)?;
    if class == "InputLayer" {
        return input(config, document).map(Made::Input);
    }
    if class == "Functional" || class == "Sequential" {
        let Model { graph, outputs } = read::model(document, reading.deeper())?;
        let counts_from_one = class == "Functional";
        let callable = Callable { outputs, counts_from_one, ..Callable::new(Kind::Model(Arc::new(graph)), trainable) };
        return Ok(Made::Layer(Box::new(callable)));
    }
    if class == TimeDistributed::CLASS
        && let Some(inner) = config.get("layer").filter(|inner| is_called_itself(inner))
    {
        return each_step(config, inner, reading);
    }
    let found = Class::find(class).ok_or_else(|| unknown(class))?;
    if found.arguments().iter().any(|argument| argument.takes_layers) {
        let mut config = config.clone();
        declare_inner(found, &mut config, reading.registry)?;
        return make(&Declaration::Class(*found), &config, trainable);
    }
    make(&Declaration::Class(*found), config, trainable)
}

/// Puts the declarations of the user's own layers beside their configurations, wherever they lie in that of a layer of this class.
fn declare_inner(class: &Class, config: &mut Map<String, Value>, registry: &Registry) -> Result<(), ConfigError> {
    for argument in class.arguments().iter().filter(|argument| argument.takes_layers) {
        match config.get_mut(argument.name) {
            Some(Value::Array(items)) => items.iter_mut().try_for_each(|item| declare(item, registry))?,
            Some(inner) => declare(inner, registry)?,
            None => {}
        }
    }
    Ok(())
}

/// Puts its declaration beside the configuration of a layer of the user's own, or of those in it. What is no layer is told where it is read.
fn declare(inner: &mut Value, registry: &Registry) -> Result<(), ConfigError> {
    if !inner.is_object() {
        return Ok(());
    }
    let (class, signature) = match class(inner) {
        Ok(Named::Keras(class)) => (Class::find(class), None),
        Ok(Named::Other { class, registered }) => (None, Some(registered_as(class, registered, registry)?.to_json())),
        Ok(Named::Operation(_)) | Err(_) => (None, None),
    };
    let Value::Object(object) = inner else { return Ok(()) };
    if let Some(signature) = signature {
        object.insert(SIGNATURE.to_owned(), signature);
    }
    match (class, object.get_mut("config")) {
        (Some(class), Some(Value::Object(config))) => declare_inner(class, config, registry),
        _ => Ok(()),
    }
}

/// The declaration that is registered under a name.
fn registered_as<'r>(class: &str, registered: &str, registry: &'r Registry) -> Result<&'r Arc<Signature>, ConfigError> {
    registry.find(registered).ok_or_else(|| {
        let known = registry.iter().map(|signature| signature.registered_name()).collect();
        ConfigProblem::Unregistered { class: class.to_owned(), registered: registered.to_owned(), known }.into()
    })
}

/// Whether a layer that is wrapped is called itself, for each step: a model, or a layer of the user's own.
fn is_called_itself(inner: &Value) -> bool {
    match class(inner) {
        Ok(Named::Keras(class)) => class == "Functional" || class == "Sequential",
        Ok(Named::Other { .. }) => true,
        Ok(Named::Operation(_)) | Err(_) => false,
    }
}

/// Reads what is called for each step of a sequence.
fn each_step(config: &Map<String, Value>, inner: &Value, reading: Reading<'_>) -> Result<Made, ConfigError> {
    float32(config)?;
    let name = name(inner)?;
    let mut made = read(inner, reading.deeper()).map_err(|error| error.within(name))?;
    if let Made::Layer(callable) = &mut made {
        callable.trainable &= flag(config, "trainable", true)?;
        (callable.counts_from_one, callable.of_each_step) = (false, Some(name.to_owned()));
    }
    Ok(made)
}

/// Reads an operation: numbers that it is called with stand at its call, and are the same at each.
fn operation(document: &Value, declaration: &Declaration) -> Result<Made, ConfigError> {
    let mut arguments = object(document, "config", "the operation's configuration")?.clone();
    let operands = if let Declaration::Operation(operation, _) = declaration { operation.operands } else { &[] };
    for call in list(document, "inbound_nodes", "a list of calls")? {
        let args = list(call, "args", "what the operation is called with")?;
        if args.len() > operands.len() {
            return Err(mismatch("args", "what the operation takes", &Value::from(args.len())));
        }
        let named =
            call.get("kwargs").and_then(Value::as_object).into_iter().flatten().map(|(name, value)| (name.as_str(), value));
        let given = operands.iter().copied().zip(args).chain(named.filter(|(_, value)| !value.is_null()));
        for (operand, value) in given.filter(|(_, value)| !reference::has_tensor(value)) {
            match arguments.insert(operand.to_owned(), value.clone()) {
                Some(other) if other != *value => return Err(mismatch("args", "the same numbers at every call", value)),
                _ => {}
            }
        }
    }
    make(declaration, &arguments, true)
}

/// Reads a layer of the user's own.
fn custom(document: &Value, class: &str, registered: &str, registry: &Registry) -> Result<Made, ConfigError> {
    let config = object(document, "config", "the layer's configuration")?;
    let signature = registered_as(class, registered, registry)?;
    make(&Declaration::Custom(signature.clone()), config, flag(config, "trainable", true)?)
}

/// Makes a layer from its configuration.
fn make(declaration: &Declaration, config: &Map<String, Value>, trainable: bool) -> Result<Made, ConfigError> {
    if !matches!(declaration, Declaration::Operation(..)) {
        float32(config)?; // an operation's type is its result's
    }
    let arguments = arguments(&declaration.arguments(), config);
    let error = |problem| ArgumentError { class: declaration.name().to_owned(), problem };
    let layer = declaration.read(&arguments).map_err(|problems| problems.into_iter().map(error).collect());
    let callable = |layer| Made::Layer(Box::new(Callable::new(Kind::Layer(layer), trainable)));
    layer.map(callable).map_err(|e| ConfigProblem::Arguments(e).into())
}

/// Whose class a document names.
enum Named<'v> {
    /// Keras's own.
    Keras(&'v str),
    /// An operation.
    Operation(Declaration),
    /// Somebody's, with the name that it is registered by.
    Other { class: &'v str, registered: &'v str },
}

/// The class: Keras's own, unless it is registered under another name or in no module of Keras's.
fn class(document: &Value) -> Result<Named<'_>, ConfigError> {
    let class = text(document, "class_name", "a layer's class")?;
    let module = document.get("module").and_then(Value::as_str).unwrap_or("keras.layers");
    let registered = document.get("registered_name").and_then(Value::as_str).unwrap_or(class);
    let is_nobodys = document.get("module").is_some_and(Value::is_null) && Class::find(class).is_none();
    let is_keras = module == "keras" || module.starts_with("keras.");
    if registered != class || is_nobodys || !is_keras {
        return Ok(Named::Other { class, registered });
    }
    let is_operation = module.starts_with("keras.src.ops.") || module.starts_with("keras.ops");
    if is_operation {
        let found = Declaration::of_module(module, class).map(Named::Operation);
        let known = || operations().map(|operation| operation.class).collect();
        return found.ok_or_else(|| ConfigProblem::Operation { found: format!("{module}.{class}"), known: known() }.into());
    }
    Ok(Named::Keras(class))
}

/// What is wrong with a class that is none of those that there are.
fn unknown(class: &str) -> ConfigError {
    if let Some(class) = absent(class) {
        return ConfigProblem::Absent { class }.into();
    }
    ConfigProblem::Class { found: class.to_owned(), known: CLASSES.iter().map(|class| class.name).collect() }.into()
}

/// The class's own arguments: what every layer has is left out, and so is what says nothing.
fn arguments(known: &[ArgumentSpec], config: &Map<String, Value>) -> Map<String, Value> {
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
            .ok_or_else(|| mismatch("dtype", "`float32`, `int32` or `bool`", name))?,
    };
    let shape = config.get("batch_shape").ok_or(ConfigProblem::Missing { key: "batch_shape", expected: SHAPE })?;
    let name = name(document)?;
    let named = document.get("dimensions").map_or_else(|| Ok(Vec::new()), |named| dimensions(named, shape))?;
    let unknown = |axis: usize| named.get(axis).cloned().flatten().unwrap_or_else(|| Dim::named(made_up(name, axis)));
    Ok(TensorType { dtype, shape: batch_shape("batch_shape", shape, unknown)? })
}

/// The name of an input's axis that is any size and has no name. It can be written in a formula, whatever the input is called, and is no
/// constant's; those of two inputs differ, since what other signs an input's name has is told by their numbers.
fn made_up(input: &str, axis: usize) -> String {
    let is_plain = |sign: &char| sign.is_ascii_alphanumeric() || *sign == '_';
    let mut name: String = input.chars().map(|sign| if is_plain(&sign) { sign } else { '_' }).collect();
    if name.starts_with(|first: char| !first.is_ascii_lowercase() && first != '_') || name.is_empty() {
        name.insert(0, '_');
    }
    for sign in input.chars().filter(|sign| !is_plain(sign)) {
        name.push_str(&format!("_u{:x}", u32::from(sign)));
    }
    format!("{name}_{}", axis + 1)
}

/// Whether a name is that of an axis of this input, which has no name of its own.
pub(super) fn is_made_up(name: &str, input: &str) -> bool {
    let number = name.rsplit('_').next().and_then(|number| number.parse().ok());
    number.and_then(|number: usize| number.checked_sub(1)).is_some_and(|axis| made_up(input, axis) == name)
}

const SHAPE: &str = "a list of sizes, null for the batch and for what is any size";

/// The number of samples that a shape begins with, where it does.
pub(super) fn samples(shape: &Value) -> Option<usize> {
    shape.as_array()?.first()?.as_u64().and_then(|samples| usize::try_from(samples).ok()).filter(|samples| *samples > 0)
}

/// The shape of a sample, from one that starts with the batch; `unknown` stands for what is any size, by its axis.
pub(super) fn batch_shape(key: &'static str, value: &Value, unknown: impl Fn(usize) -> Dim) -> Result<Shape, ConfigError> {
    let error = || mismatch(key, SHAPE, value);
    let (batch, sizes) = value.as_array().and_then(|sizes| sizes.split_first()).ok_or_else(error)?;
    if sizes.len() > MOST_AXES {
        return Err(mismatch(key, "no more than 64 sizes", value));
    }
    let is_batch = batch.is_null() || samples(value).is_some();
    let sizes = sizes.iter().enumerate().map(|(axis, size)| match size {
        Value::Null => Some(unknown(axis)),
        size => Size::from_value(size).map(|size| size.0).ok(),
    });
    let shape = Shape(sizes.collect::<Option<_>>().filter(|_| is_batch).ok_or_else(error)?);
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
