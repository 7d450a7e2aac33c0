//! Objects of Keras's that an argument may be: `{"class_name": "L2", "config": {"l2": 1e-4}}` in a configuration, `L2(1e-4)` in a layer call.
//! What initialisers, regularisers and constraints share in reading and writing them.

use serde_json::{Map, Value, json};

use super::{Argument, Constraint, Initializer, Mismatch, Regularizer, source};

/// A class whose objects an argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectClass {
    /// Keras's name for it.
    pub name: &'static str,
    /// What it is made with, in Keras's order.
    pub parameters: &'static [&'static str],
}

/// What an object may be: the string that Keras takes, the class, and the value with Keras's defaults.
pub(super) type Named<T> = (&'static str, ObjectClass, T);

pub(super) const fn named<T: Copy>(
    snake: &'static str,
    name: &'static str,
    parameters: &'static [&'static str],
    default: T,
) -> Named<T> {
    (snake, ObjectClass { name, parameters }, default)
}

/// The classes of all of these.
pub(super) const fn classes<T: Copy, const N: usize>(named: &[Named<T>; N]) -> [ObjectClass; N] {
    let (mut classes, mut place) = ([ObjectClass { name: "", parameters: &[] }; N], 0_usize);
    while place < N {
        classes[place] = named[place].1;
        place = place.saturating_add(1);
    }
    classes
}

/// The one of these that a value names by its string, its class or an alias of either, and the configuration where the value is an object
/// that has one.
pub(super) fn read<'n, T>(
    value: &Value,
    (named, aliases): (&'n [Named<T>], &[(&str, &'static str)]),
    module: &'static str,
    expected: &'static str,
) -> Result<(&'n Named<T>, Option<Rest>), Mismatch> {
    let (written, rest) = parts(value, module, expected)?;
    let name = aliases.iter().find(|(alias, _)| *alias == written).map_or(&*written, |(_, long)| long);
    let found = named.iter().find(|(snake, class, _)| *snake == name || class.name == name);
    let found = found.ok_or_else(|| Mismatch::Choice(named.iter().map(|(snake, _, _)| *snake).collect()))?;
    Ok((found, rest))
}

/// A value as a layer call has it: its string where it is the one with Keras's defaults, and otherwise the call that makes it.
pub(super) fn source_of<T: Argument + PartialEq>(value: &T, snake: &str, class: &ObjectClass, default: &T) -> String {
    if value == default { format!("\"{snake}\"") } else { call(&value.to_value(), class, &default.to_value()) }
}

/// The class of objects that has this name: of initialisers, regularisers or constraints.
#[must_use]
pub fn object_class(name: &str) -> Option<&'static ObjectClass> {
    Initializer::OBJECTS.iter().chain(Regularizer::OBJECTS).chain(Constraint::OBJECTS).find(|class| class.name == name)
}

/// The object that a call of a class makes, as Keras's configuration has it but for what follows from the class.
#[must_use]
pub fn object(class: &str, config: Map<String, Value>) -> Value {
    json!({ "class_name": class, "config": config })
}

/// The object of a class in this module of Keras's, as Keras writes it.
pub(super) fn written(module: &str, class: &str, config: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let config: Map<String, Value> = config.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    json!({ "module": module, "class_name": class, "config": config, "registered_name": null })
}

/// The call that makes an object that has been written: what differs from the defaults, the first of them without its name.
fn call(object: &Value, class: &ObjectClass, defaults: &Value) -> String {
    let given = |parameter: &&str| {
        let value = object["config"].get(parameter)?;
        (defaults["config"].get(parameter) != Some(value)).then(|| source(value))
    };
    let texts = class.parameters.iter().enumerate().filter_map(|(place, parameter)| {
        let text = given(parameter)?;
        Some(if place == 0 { text } else { format!("{parameter} = {text}") })
    });
    format!("{}({})", class.name, texts.collect::<Vec<_>>().join(", "))
}

/// The name that a value is known by, a string or an object's class, and the configuration where it is an object that has one.
fn parts(value: &Value, module: &'static str, expected: &'static str) -> Result<(String, Option<Rest>), Mismatch> {
    let class = value.get("class_name");
    let name = class.unwrap_or(value).as_str().ok_or(Mismatch::Expected(expected))?;
    if let Some(object) = value.as_object() {
        check_owner(object, name, module)?;
    }
    let rest = match value.get("config") {
        None => None,
        Some(Value::Object(config)) => Some(Rest(config.clone())),
        Some(other) => return Err(inside("config", "an object", other.clone())),
    };
    Ok((name.to_owned(), rest))
}

/// The configuration of an object, of which what has been read is gone.
pub(super) struct Rest(pub(super) Map<String, Value>);

impl Rest {
    /// A number for which a test holds; the default where the key is absent or nothing.
    pub(super) fn number(
        &mut self,
        key: &str,
        default: f64,
        expected: &'static str,
        is_right: fn(f64) -> bool,
    ) -> Result<f64, Mismatch> {
        let Some(value) = self.0.remove(key).filter(|value| !value.is_null()) else { return Ok(default) };
        let number = value.as_f64().filter(|number| number.is_finite() && is_right(*number));
        number.ok_or_else(|| inside(key, expected, value))
    }

    /// A number of at least 0.
    pub(super) fn non_negative(&mut self, key: &str, default: f64) -> Result<f64, Mismatch> {
        self.number(key, default, "a number of at least 0", |number| number >= 0.0)
    }

    /// One of a few names; the default where the key is absent.
    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &str,
        default: T,
        names: &[(&str, T)],
        expected: &'static str,
    ) -> Result<T, Mismatch> {
        let Some(value) = self.0.remove(key) else { return Ok(default) };
        let lower = value.as_str().map(str::to_lowercase);
        let found = names.iter().find(|(name, _)| lower.as_deref() == Some(*name));
        found.map(|(_, choice)| *choice).ok_or_else(|| inside(key, expected, value))
    }

    /// Refuses what has not been read, unless it says nothing.
    pub(super) fn finish(self) -> Result<(), Mismatch> {
        match self.0.into_iter().find(|(_, value)| !value.is_null()) {
            None => Ok(()),
            Some((key, value)) => Err(inside(&key, "no such key", value)),
        }
    }
}

pub(super) fn inside(key: &str, expected: &'static str, found: Value) -> Mismatch {
    Mismatch::Inside { key: key.to_owned(), expected, found }
}

/// Refuses an object that is somebody else's under one of Keras's names.
fn check_owner(object: &Map<String, Value>, class: &str, module: &'static str) -> Result<(), Mismatch> {
    for (key, value) in object {
        match (key.as_str(), value) {
            ("class_name" | "config", _) | ("module" | "registered_name" | "build_config", Value::Null) => {}
            // An object that several layers were given: each reads it as its own.
            ("shared_object_id", Value::Number(_)) => {}
            ("module", Value::String(module)) if module == "keras" || module.starts_with("keras.") => {}
            ("registered_name", Value::String(name)) if name == class => {}
            ("module", _) => return Err(inside(key, module, value.clone())),
            ("registered_name", _) => return Err(inside(key, "null, as it is for those of Keras", value.clone())),
            _ => return Err(inside(key, "no such key", value.clone())),
        }
    }
    Ok(())
}
