//! Keras's serialised objects: `{"module": .., "class_name": .., "config": {..}, "registered_name": null}`, and how their fields are read.

use model_graph::keras::{Names, written};
use serde_json::{Map, Value, json};

use crate::arguments::Argument;
use crate::error::{Error, Result};

/// An object as `keras.saving.serialize_keras_object` writes it.
pub fn object(module: &str, class: &str, config: Value) -> Value {
    json!({ "module": module, "class_name": class, "config": config, "registered_name": null })
}

/// The fields of a serialised object. Whoever reads names every key that may be there; what is left over is an error.
pub struct Fields<'a> {
    owner: &'a str,
    rest: Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// The fields of `map`, which belongs to `owner`.
    pub fn new(owner: &'a str, map: &Map<String, Value>) -> Self {
        Self { owner, rest: map.clone() }
    }

    /// The class of a serialised object, and its configuration.
    pub fn of_object(object: &'a Value, what: &str) -> Result<(&'a str, Self)> {
        let class = object.get("class_name").and_then(Value::as_str);
        let config = object.get("config").and_then(Value::as_object);
        match (class, config) {
            (Some(class), Some(config)) => Ok((class, Self::new(class, config))),
            _ => Err(wrong(what, "class_name", "an object with `class_name` and `config`", object)),
        }
    }

    /// The class of an object, by what Keras writes for it, and its configuration: one of defaults where a string or a function stands for the
    /// class.
    pub fn of_named(object: &'a Value, what: &str, names: Names) -> Result<(&'a str, Self)> {
        let function = object.get("class_name").filter(|class| *class == "function").and_then(|_| object.get("config"));
        let (class, fields) = match function.unwrap_or(object).as_str() {
            Some(name) => (name, Self::new(name, &Map::new())),
            None => Self::of_object(object, what)?,
        };
        let class = written(names, class).unwrap_or(class);
        Ok((class, Self { owner: class, ..fields }))
    }

    /// The same fields of an owner of another name.
    pub fn owned_by(self, owner: &'a str) -> Self {
        Self { owner, ..self }
    }

    /// A text, where the key is there.
    pub fn text(&mut self, key: &str) -> Result<Option<String>> {
        self.take(key, None, "a text", |value| value.as_str().map(|text| Some(text.to_owned())))
    }

    /// An argument; `default` where the key is absent.
    pub fn argument<A: Argument>(&mut self, key: &str, default: A) -> Result<A> {
        self.take(key, default, A::EXPECTED, A::read)
    }

    /// An argument that has no default.
    pub fn required<A: Argument>(&mut self, key: &str) -> Result<A> {
        let value = self.value(key);
        A::read(&value).ok_or_else(|| wrong(self.owner, key, A::EXPECTED, &value))
    }

    /// Any value, and null where the key is absent.
    pub fn value(&mut self, key: &str) -> Value {
        self.rest.remove(key).unwrap_or_default()
    }

    /// Any value, where the key is there.
    pub fn given(&mut self, key: &str) -> Option<Value> {
        self.rest.remove(key)
    }

    fn take<T>(&mut self, key: &str, default: T, expected: &str, read: impl Fn(&Value) -> Option<T>) -> Result<T> {
        match self.rest.remove(key) {
            None => Ok(default),
            Some(value) => read(&value).ok_or_else(|| wrong(self.owner, key, expected, &value)),
        }
    }

    /// Passes over keys that change no number.
    pub fn ignore(&mut self, keys: &[&str]) {
        for key in keys {
            self.rest.remove(*key);
        }
    }

    /// Checks that no key is left.
    pub fn finish(self) -> Result<()> {
        self.rest.iter().next().map_or(Ok(()), |(key, value)| Err(wrong(self.owner, key, "no such key", value)))
    }
}

/// A value that is not what is read.
pub fn wrong(owner: &str, key: &str, expected: &str, found: &Value) -> Error {
    Error::Configuration {
        owner: owner.to_owned(),
        key: key.to_owned(),
        expected: expected.to_owned(),
        found: format!("`{found}`"),
    }
}

/// A class that is none of those that there are, of all that Keras has.
pub fn unknown(what: &str, class: &str, known: &[&str], names: Names) -> Error {
    unknown_as(what, "class_name", class, known, names)
}

/// The same, where a key says the class.
pub fn unknown_as(what: &str, key: &str, class: &str, known: &[&str], names: Names) -> Error {
    let absent = written(names, class).map_or("", |_| ", which Keras has and this library not yet");
    Error::Configuration {
        owner: what.to_owned(),
        key: key.to_owned(),
        expected: format!("one of {}", known.join(", ")),
        found: format!("`{class}`{absent}"),
    }
}
