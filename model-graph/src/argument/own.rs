//! Functions and objects of the user's own among arguments, by their names, objects with their configurations: what is done with weights, which the
//! run time knows.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::{Mismatch, object};

/// The most bytes that a name has.
const MOST: usize = 63;

/// The most bytes that the configuration of an object has, as JSON.
const MOST_OF_FIELDS: usize = 1023;

/// A text that is copied like a number: each is kept once, for as long as the program runs. So it must be short, whoever wrote it.
fn kept(text: String) -> &'static str {
    static TEXTS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = texts.get(text.as_str()) {
        return known;
    }
    let text: &'static str = text.leak();
    texts.insert(text);
    text
}

/// The name of a function of the user's own: `my_regularizer`, `nets::start`, or with a package, as Keras registers it, `Custom>start`. Or that of
/// the class of an object, with its configuration.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OwnFunction {
    bytes: [u8; MOST],
    len: u8,
    /// The configuration of an object as JSON, which a function has none of.
    fields: Option<&'static str>,
}

impl OwnFunction {
    /// The function of a name, which has at most 63 bytes.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let mut bytes = [0; MOST];
        let len = u8::try_from(name.len()).ok().filter(|len| *len > 0)?;
        bytes.get_mut(..name.len())?.copy_from_slice(name.as_bytes());
        Some(Self { bytes, len, fields: None })
    }

    /// The object of a class, by the name that it is registered by, with its configuration, which has at most 1023 bytes of JSON.
    #[must_use]
    pub fn object(name: &str, config: &Value) -> Option<Self> {
        let fields = config.as_object().map(|_| config.to_string()).filter(|fields| fields.len() <= MOST_OF_FIELDS)?;
        let mut own = Self::new(name)?;
        own.fields = Some(kept(fields));
        Some(own)
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.len)).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The configuration of an object; nothing of a function.
    #[must_use]
    pub fn config(&self) -> Option<Value> {
        serde_json::from_str(self.fields?).ok()
    }

    /// The function or object as Keras writes it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self.config() {
            None => function_value(self.name()),
            Some(config) => object_value(self.name(), &config),
        }
    }

    /// The function or object that a value is, if it is one: Keras registers a class that is not its own.
    ///
    /// # Errors
    /// If its name is none, or too long, or its configuration is.
    pub(super) fn read(value: &Value) -> Option<Result<Self, Mismatch>> {
        let class = value.get("class_name").and_then(Value::as_str)?;
        let found = value.get("config").cloned().unwrap_or_default();
        if class == "function" {
            let function = found.as_str().and_then(Self::new);
            return Some(function.ok_or_else(|| object::inside("config", "the name of a function, of at most 63 bytes", found)));
        }
        let name = value.get("registered_name").and_then(Value::as_str).filter(|_| object::object_class(class).is_none())?;
        let own = Self::object(name, &found);
        Some(own.ok_or_else(|| object::inside("config", "an object's fields by name, of at most 1023 bytes as JSON", found)))
    }

    /// The name as a layer call has it, without a package; of an object the call of its class.
    #[must_use]
    pub fn to_source(&self) -> String {
        super::source(&self.to_value())
    }

    /// The name of the function or class in the code around: without a package.
    #[must_use]
    pub fn path(&self) -> &str {
        source(self.name())
    }
}

/// A function of this name as `keras.saving.serialize_keras_object` writes it.
#[must_use]
pub fn function_value(name: &str) -> Value {
    json!({ "module": "builtins", "class_name": "function", "config": name, "registered_name": "function" })
}

/// An object of the class that is registered by this name, `Custom>Decay`, as `keras.saving.serialize_keras_object` writes it.
#[must_use]
pub fn object_value(registered: &str, config: &Value) -> Value {
    json!({ "module": null, "class_name": source(registered), "config": config, "registered_name": registered })
}

/// The name of a function in a layer call.
pub(super) fn source(name: &str) -> &str {
    name.rsplit('>').next().unwrap_or(name)
}

impl std::fmt::Debug for OwnFunction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::argument::{Argument, Constraint, Initializer, Regularizer, source};

    /// What Keras writes of functions that are given as arguments, registered and not.
    #[test]
    fn functions_read_back_what_they_write() {
        for (name, written) in [("decay", "decay"), ("Custom>decay", "decay"), ("mine>above_zero", "above_zero")] {
            let value = json!({ "module": "builtins", "class_name": "function", "config": name, "registered_name": "function" });
            let regularizer = Regularizer::from_value(&value).unwrap();
            assert_eq!((Some(regularizer), regularizer.to_value()), (Regularizer::own(name), value.clone()));
            let constraint = Constraint::from_value(&value).unwrap();
            assert_eq!((Some(constraint), constraint.to_value()), (Constraint::own(name), value.clone()));
            let initializer = Initializer::from_value(&value).unwrap();
            assert_eq!((Some(initializer), initializer.to_value()), (Initializer::own(name), value.clone()));
            let sources = [regularizer.to_source(), constraint.to_source(), initializer.to_source(), source(&value)];
            assert!(sources.iter().all(|source| source == written), "{sources:?}");
        }
    }

    /// What Keras writes of objects of registered classes.
    #[test]
    fn objects_read_back_what_they_write() {
        let value =
            json!({ "module": null, "class_name": "Decay", "config": { "rate": 0.2 }, "registered_name": "Custom>Decay" });
        let regularizer = Regularizer::from_value(&value).unwrap();
        assert_eq!((regularizer.to_value(), regularizer.to_source()), (value.clone(), "Decay(rate = 0.2)".to_owned()));
        assert_eq!(Constraint::from_value(&value).unwrap().to_value(), value);
        assert_eq!(Initializer::from_value(&value).unwrap().to_value(), value);
        let long =
            json!({ "class_name": "Decay", "config": { "name": "n".repeat(MOST_OF_FIELDS) }, "registered_name": "Custom>Decay" });
        assert!(matches!(Regularizer::from_value(&long), Err(Mismatch::Inside { key, .. }) if key == "config"));
    }

    #[test]
    fn names_have_a_length() {
        assert_eq!(OwnFunction::new(&"n".repeat(MOST)).map(|own| own.name().len()), Some(MOST));
        assert_eq!((OwnFunction::new(""), OwnFunction::new(&"n".repeat(MOST + 1))), (None, None));
        let long = json!({ "class_name": "function", "config": "n".repeat(64) });
        assert!(matches!(Regularizer::from_value(&long), Err(Mismatch::Inside { key, .. }) if key == "config"));
        assert!(Initializer::from_value(&json!({ "class_name": "function", "config": 3 })).is_err());
    }
}
