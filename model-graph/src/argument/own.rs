//! Functions of the user's own among arguments, by their names: what is done with weights, which the run time knows.

use serde_json::{Value, json};

use super::{Mismatch, object};

/// The most bytes that a name has.
const MOST: usize = 63;

/// The name of a function of the user's own: `my_regularizer`, `nets::start`, or with a package, as Keras registers it, `Custom>start`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OwnFunction {
    bytes: [u8; MOST],
    len: u8,
}

impl OwnFunction {
    /// The function of a name, which has at most 63 bytes.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let mut bytes = [0; MOST];
        let len = u8::try_from(name.len()).ok().filter(|len| *len > 0)?;
        bytes.get_mut(..name.len())?.copy_from_slice(name.as_bytes());
        Some(Self { bytes, len })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.len)).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The function as `keras.saving.serialize_keras_object` writes it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json!({ "module": "builtins", "class_name": "function", "config": self.name(), "registered_name": "function" })
    }

    /// The function that a value is, if it is one.
    ///
    /// # Errors
    /// If its name is none, or too long.
    pub(super) fn read(value: &Value) -> Option<Result<Self, Mismatch>> {
        value.get("class_name").filter(|class| *class == "function")?;
        let name = value.get("config").and_then(Value::as_str).and_then(Self::new);
        let found = value.get("config").cloned().unwrap_or_default();
        Some(name.ok_or_else(|| object::inside("config", "the name of a function, of at most 63 bytes", found)))
    }

    /// The name as a layer call has it: without a package.
    #[must_use]
    pub fn to_source(&self) -> String {
        source(self.name()).to_owned()
    }
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

    #[test]
    fn names_have_a_length() {
        assert_eq!(OwnFunction::new(&"n".repeat(MOST)).map(|own| own.name().len()), Some(MOST));
        assert_eq!((OwnFunction::new(""), OwnFunction::new(&"n".repeat(MOST + 1))), (None, None));
        let long = json!({ "class_name": "function", "config": "n".repeat(64) });
        assert!(matches!(Regularizer::from_value(&long), Err(Mismatch::Inside { key, .. }) if key == "config"));
        assert!(Initializer::from_value(&json!({ "class_name": "function", "config": 3 })).is_err());
    }
}
