//! The parts of a document's objects, each with the words for what it must be.

use serde_json::{Map, Value};

use super::error::{ConfigError, ConfigProblem};

/// What an object must have under a key.
pub(super) fn field<'v>(object: &'v Value, key: &'static str, expected: &'static str) -> Result<&'v Value, ConfigError> {
    object.get(key).ok_or_else(|| ConfigProblem::Missing { key, expected }.into())
}

/// A string.
pub(super) fn text<'v>(object: &'v Value, key: &'static str, expected: &'static str) -> Result<&'v str, ConfigError> {
    let value = field(object, key, expected)?;
    value.as_str().ok_or_else(|| mismatch(key, expected, value))
}

/// A list.
pub(super) fn list<'v>(object: &'v Value, key: &'static str, expected: &'static str) -> Result<&'v [Value], ConfigError> {
    let value = field(object, key, expected)?;
    value.as_array().map(Vec::as_slice).ok_or_else(|| mismatch(key, expected, value))
}

/// An object.
pub(super) fn object<'v>(
    object: &'v Value,
    key: &'static str,
    expected: &'static str,
) -> Result<&'v Map<String, Value>, ConfigError> {
    let value = field(object, key, expected)?;
    value.as_object().ok_or_else(|| mismatch(key, expected, value))
}

/// `true`, `false`, or the default where there is nothing.
pub(super) fn flag(config: &Map<String, Value>, key: &'static str, default: bool) -> Result<bool, ConfigError> {
    match config.get(key) {
        None | Some(Value::Null) => Ok(default),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(other) => Err(mismatch(key, "`true` or `false`", other)),
    }
}

/// The error for a value that is not what it must be.
pub(super) fn mismatch(key: impl Into<String>, expected: &'static str, found: &Value) -> ConfigError {
    ConfigProblem::Value { key: key.into(), expected, found: found.clone() }.into()
}
