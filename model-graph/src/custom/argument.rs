//! The types that an argument of a user's layer may have.

use std::fmt;

use serde_json::Value;

use crate::argument::size_of_constants;
use crate::names::intern;

/// The largest size that an argument may have; everything beyond is a slip of the pen.
const LARGEST: u64 = u32::MAX as u64;

/// The type of an argument: that of the field which it becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgumentType {
    /// `usize`: the only type that shapes are made of.
    Size,
    /// `u64`
    Natural,
    /// `i64`
    Whole,
    /// `f64`
    Number,
    /// `bool`
    Flag,
    /// `String`
    Text,
    /// `Vec<..>`
    List(Box<Self>),
    /// `Option<..>`
    Optional(Box<Self>),
}

impl ArgumentType {
    /// The types that are not made of others, by their names in Rust.
    const PLAIN: [(&'static str, Self); 6] = [
        ("usize", Self::Size),
        ("u64", Self::Natural),
        ("i64", Self::Whole),
        ("f64", Self::Number),
        ("bool", Self::Flag),
        ("String", Self::Text),
    ];

    /// The type of a field, from its name in Rust without spaces: `usize`, `Option<f64>`.
    #[must_use]
    pub fn of(rust: &str) -> Option<Self> {
        let inside = |outer: &str| rust.strip_prefix(outer)?.strip_prefix('<')?.strip_suffix('>');
        if let Some(item) = inside("Vec") {
            return Self::of(item).map(|item| Self::List(Box::new(item)));
        }
        if let Some(item) = inside("Option") {
            return Self::of(item).map(|item| Self::Optional(Box::new(item)));
        }
        Self::PLAIN.into_iter().find(|(name, _)| *name == rust).map(|(_, ty)| ty)
    }

    /// What values it takes, in words.
    #[must_use]
    pub fn expected(&self) -> &'static str {
        match self {
            Self::Size | Self::Natural => "a whole number of at least 0",
            Self::Whole => "a whole number",
            Self::Number => "a number",
            Self::Flag => "`true` or `false`",
            Self::Text => "a string",
            Self::List(item) => intern(&format!("a list, each of it {}", item.expected())),
            Self::Optional(item) => item.expected(),
        }
    }

    /// The value as the configuration has it, or nothing if it is of another type.
    #[must_use]
    pub fn read(&self, value: &Value) -> Option<Value> {
        match self {
            Self::Size if size_of_constants(value).is_some() => Some(value.clone()),
            Self::Size => value.as_u64().filter(|&size| size <= LARGEST).map(Value::from),
            Self::Natural => value.as_u64().map(Value::from),
            Self::Whole => value.as_i64().map(Value::from),
            Self::Number => value.as_f64().filter(|number| number.is_finite()).map(Value::from),
            Self::Flag => value.as_bool().map(Value::from),
            Self::Text => value.as_str().map(Value::from),
            Self::List(item) => value.as_array()?.iter().map(|value| item.read(value)).collect(),
            Self::Optional(_) if value.is_null() => Some(Value::Null),
            Self::Optional(item) => item.read(value),
        }
    }
}

impl fmt::Display for ArgumentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(item) => write!(f, "Vec<{item}>"),
            Self::Optional(item) => write!(f, "Option<{item}>"),
            plain => {
                let name = Self::PLAIN.iter().find(|(_, ty)| ty == plain).map_or("", |(name, _)| name);
                f.write_str(name)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn types_take_what_rust_s_types_hold() {
        for (rust, value, expected) in [
            ("usize", json!(3), Some(json!(3))),
            ("usize", json!(-3), None),
            ("usize", json!(1_u64 << 33), None),
            ("u64", json!(1_u64 << 33), Some(json!(1_u64 << 33))),
            ("i64", json!(-3), Some(json!(-3))),
            ("i64", json!(0.5), None),
            ("f64", json!(2), Some(json!(2.0))),
            ("bool", json!(true), Some(json!(true))),
            ("bool", json!("true"), None),
            ("String", json!("relu"), Some(json!("relu"))),
            ("Vec<usize>", json!([1, 2]), Some(json!([1, 2]))),
            ("Vec<usize>", json!([1, "2"]), None),
            ("Option<f64>", json!(null), Some(json!(null))),
            ("Option<f64>", json!(1), Some(json!(1.0))),
        ] {
            let ty = ArgumentType::of(rust).unwrap();
            assert_eq!(ty.read(&value), expected, "{rust} {value}");
            assert_eq!(ty.to_string(), rust);
        }
        assert_eq!(ArgumentType::of("f32"), None);
        assert_eq!(ArgumentType::of("Vec<f32>"), None);
    }
}
