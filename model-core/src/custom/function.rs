//! Functions of the user's own, by their names, and objects by their classes: what losses, metrics, regularisers, initialisers and constraints of one's own are made of.

use std::fmt;
use std::sync::Arc;

use model_graph::argument::{OwnFunction, object_value};
use serde_json::Value;

use super::{Misfit, function};

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

/// As `keras.saving.serialize_keras_object` writes an object of a class that is registered, without a package under its own.
pub(crate) fn class_to_keras(name: &str, config: &Value) -> Value {
    let registered = if name.contains('>') { name.to_owned() } else { format!("Custom>{name}") };
    object_value(&registered, config)
}

/// Classes of objects by their names, each with what makes an object of a configuration.
#[derive(Clone, Debug)]
pub(super) struct Classes<M>(Vec<(&'static str, M)>);

impl<M: Copy> Classes<M> {
    /// None yet.
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a class. One of the same name takes the other's place.
    pub(super) fn insert(&mut self, class: &'static str, make: M) {
        self.0.retain(|(other, _)| *other != class);
        self.0.push((class, make));
    }

    /// Adds all of the others'.
    pub(super) fn extend(&mut self, others: Self) {
        others.0.into_iter().for_each(|(class, make)| self.insert(class, make));
    }

    /// The class that a file means by this name.
    pub(super) fn find(&self, in_file: &str) -> Option<(&'static str, M)> {
        self.0.iter().find(|(class, _)| is_called(class, in_file)).copied()
    }
}

/// What makes a function of a configuration.
type Make<F> = fn(&Value) -> Result<Arc<F>, Misfit>;

/// Functions of one kind by their names, and classes of objects.
pub(super) struct Family<F: ?Sized> {
    functions: Vec<Function<F>>,
    classes: Classes<Make<F>>,
}

impl<F: ?Sized> Family<F> {
    /// Adds a function. One of the same name takes the other's place.
    pub(super) fn insert(&mut self, function: Function<F>) {
        self.functions.retain(|other| other.name() != function.name());
        self.functions.push(function);
    }

    /// Adds a class. One of the same name takes the other's place.
    pub(super) fn insert_class(&mut self, class: &'static str, make: Make<F>) {
        self.classes.insert(class, make);
    }

    /// Adds all of the others'.
    pub(super) fn extend(&mut self, others: Self) {
        others.functions.into_iter().for_each(|function| self.insert(function));
        self.classes.extend(others.classes);
    }

    /// The function that an argument stands for, or that an object is, if it is known.
    pub(super) fn find(&self, own: &OwnFunction) -> Result<Option<Function<F>>, Misfit> {
        let Some(config) = own.config() else {
            return Ok(self.functions.iter().find(|function| is_called(function.name(), own.name())).cloned());
        };
        let class = self.classes.find(own.name());
        class.map(|(class, make)| Ok(Function::new(class, make(&config)?))).transpose()
    }
}

impl<F: ?Sized> Default for Family<F> {
    fn default() -> Self {
        Self { functions: Vec::new(), classes: Classes::new() }
    }
}

impl<F: ?Sized> Clone for Family<F> {
    fn clone(&self) -> Self {
        Self { functions: self.functions.clone(), classes: self.classes.clone() }
    }
}

impl<F: ?Sized> fmt::Debug for Family<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.functions).entries(self.classes.0.iter().map(|(class, _)| class)).finish()
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
