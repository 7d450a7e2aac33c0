//! Functions of the user's own, by their names: what losses, metrics, regularisers, initialisers and constraints of one's own are made of.

use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};

use super::function;

/// A function of the user's own, under the name that files have for it.
///
/// A file has nothing but the name, as Keras's has of a function; who reads it brings the function along.
pub(crate) struct Function<F: ?Sized> {
    name: Arc<str>,
    function: Arc<F>,
}

impl<F: ?Sized> Function<F> {
    pub(crate) fn new(name: impl Into<String>, function: Arc<F>) -> Self {
        Self { name: name.into().into(), function }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn function(&self) -> &F {
        &self.function
    }

    /// As `keras.saving.serialize_keras_object` writes a function.
    pub(crate) fn to_keras(&self) -> Value {
        function(self.name())
    }
}

impl<F: ?Sized> Function<F> {
    /// As `keras.saving.serialize_keras_object` writes an object of a class that is registered.
    pub(crate) fn class_to_keras(&self, config: &Value) -> Value {
        let (registered, class) = match self.name().split_once('>') {
            Some((_, class)) => (self.name().to_owned(), class),
            None => (format!("Custom>{}", self.name()), self.name()),
        };
        json!({ "module": null, "class_name": class, "config": config, "registered_name": registered })
    }
}

/// A name that stands for a function of the user's own, which nobody has brought along.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the {what} `{name}` is none of this library's, and it was not registered\nhelp: write `{line}`, and read or make the model with it"
)]
pub struct Unregistered {
    /// What it is: a loss, a metric, a regularizer.
    pub what: &'static str,
    /// The name.
    pub name: String,
    /// What registers it.
    pub line: String,
}

/// The name of the function that a serialised object is, or that stands for it.
pub(crate) fn function_name(serialized: &Value) -> Option<&str> {
    match serialized.get("class_name") {
        None => serialized.as_str(),
        Some(class) if class == "function" => serialized.get("config")?.as_str(),
        Some(_) => serialized.get("registered_name").and_then(Value::as_str),
    }
}

/// Whether a file means what is registered under a name: Keras writes what is registered without a package under its own.
pub(crate) fn is_called(registered: &str, in_file: &str) -> bool {
    let plain = |name: &str| name.strip_prefix("Custom>").map_or_else(|| name.to_owned(), str::to_owned);
    registered == in_file || plain(registered) == plain(in_file)
}

impl<F: ?Sized> Clone for Function<F> {
    fn clone(&self) -> Self {
        Self { name: self.name.clone(), function: self.function.clone() }
    }
}

impl<F: ?Sized> fmt::Debug for Function<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Whether they are one function under one name.
impl<F: ?Sized> PartialEq for Function<F> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && Arc::as_ptr(&self.function).cast::<()>() == Arc::as_ptr(&other.function).cast::<()>()
    }
}
