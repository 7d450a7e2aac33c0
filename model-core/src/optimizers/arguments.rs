//! What an argument of an optimiser or of a schedule is: how a file has it, and in which range it must be. From one statement of each follow
//! the field, the method that sets it, how it is written, read and checked.

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::keras::{Fields, wrong};

/// A kind of argument, as files have it.
pub(crate) trait Argument: Sized {
    fn write(&self) -> Value;

    /// What a value is, if it is of this kind.
    fn read(value: &Value) -> Option<Self>;

    /// What values it takes, in words.
    const EXPECTED: &'static str;
}

macro_rules! argument_kinds {
    ($($type:ty: $expected:literal, $read:expr;)*) => {
        $(impl Argument for $type {
            fn write(&self) -> Value {
                self.clone().into()
            }

            fn read(value: &Value) -> Option<Self> {
                $read(value)
            }

            const EXPECTED: &'static str = $expected;
        })*
    };
}

/// A list of what there is in a list.
fn list<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    value.as_array()?.iter().map(read).collect()
}

/// A count, which Python may have written with a point.
fn count(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_f64().filter(|count| count.fract() == 0.0 && (0.0..9e15).contains(count)).map(|count| count as u64))
}

/// Null, or a value.
fn or_null<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Option<T>> {
    if value.is_null() { Some(None) } else { read(value).map(Some) }
}

argument_kinds! {
    f64: "a number", Value::as_f64;
    bool: "a truth value", Value::as_bool;
    u64: "a whole number from 0", count;
    Option<f64>: "a number or null", |value| or_null(value, Value::as_f64);
    Option<u64>: "a whole number from 0 or null", |value| or_null(value, count);
    Vec<f64>: "a list of numbers", |value| list(value, Value::as_f64);
    Vec<u64>: "a list of whole numbers from 0", |value| list(value, count);
    Names: "a list of texts or null", |value: &Value| {
        let texts = if value.is_null() { Some(Vec::new()) } else { list(value, |text| text.as_str().map(ToOwned::to_owned)) };
        texts.map(Names)
    };
}

/// Reads an argument, if it is there.
pub(crate) fn read_to<A: Argument>(argument: &mut A, key: &'static str, class: &str, fields: &mut Fields<'_>) -> Result<()> {
    if let Some(value) = fields.given(key) {
        *argument = A::read(&value).ok_or_else(|| wrong(class, key, A::EXPECTED, &value))?;
    }
    Ok(())
}

/// Whether a value is in its range, and the range in words.
pub(crate) type Range = (bool, &'static str);

/// Any value is right.
pub(crate) fn any<T>(_: &T) -> Range {
    (true, "")
}

/// A share of one.
pub(crate) fn share(value: &f64) -> Range {
    ((0.0..=1.0).contains(value), "a number from 0 to 1")
}

/// A share of one that something else is divided by.
pub(crate) fn share_below_one(value: &f64) -> Range {
    // What weights are computed in must be able to tell it from one.
    ((0.0..1.0).contains(&(*value as f32)), "a number from 0 to below 1")
}

/// What keeps a division from one by zero.
pub(crate) fn epsilon(value: &f64) -> Range {
    ((1e-16..=1.0).contains(value), "a number from 1e-16 to 1")
}

/// The size of a step.
pub(crate) fn rate(value: &f64) -> Range {
    ((0.0..=1e6).contains(value), "a number from 0 to 1e6")
}

/// A factor.
pub(crate) fn factor(value: &f64) -> Range {
    ((0.0..=100.0).contains(value), "a number from 0 to 100")
}

/// A factor of either sign.
pub(crate) fn signed_factor(value: &f64) -> Range {
    ((-100.0..=100.0).contains(value), "a number from -100 to 100")
}

/// A count of at least one.
pub(crate) fn positive(value: &u64) -> Range {
    (*value > 0, "a whole number of at least 1")
}

/// The error of an argument that is not in its range.
pub(crate) fn require(owner: &'static str, argument: &'static str, (is_in_range, expected): Range, value: Value) -> Result<()> {
    let found = || value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    if is_in_range { Ok(()) } else { Err(Error::Argument { owner, argument, expected, found: found() }) }
}

/// The arguments of a class, but for those that all have.
pub(crate) trait Arguments {
    /// Keras's class.
    fn class(&self) -> &'static str;

    /// Writes them as Keras's configuration has them, in the order of Keras's signature.
    fn write(&self, to: &mut Map<String, Value>);

    /// Reads those that are there, for a class; the rest stays as it is.
    fn read(&mut self, owner: &str, fields: &mut Fields<'_>) -> Result<()>;

    /// Checks their ranges, for a class.
    fn check(&self, owner: &'static str) -> Result<()>;
}

/// The arguments of a class: a struct's fields of the same names, `name: type = default, range;`. `from` says what the method takes instead.
macro_rules! arguments {
    ($name:ident; $($(#[$doc:meta])* $field:ident: $type:ty = $default:expr, $range:expr $(, from $given:ty)?;)*) => {
        impl $name {
            $($(#[$doc])*
            #[doc = ""]
            #[doc = concat!("Keras's default is `", stringify!($default), "`.")]
            #[must_use]
            #[allow(clippy::useless_conversion)] // what most take is what they keep
            pub fn $field(mut self, $field: $crate::optimizers::arguments::given!($type $(, $given)?)) -> Self {
                self.$field = $field.into();
                self
            })*
        }

        impl $crate::optimizers::arguments::Arguments for $name {
            fn class(&self) -> &'static str {
                stringify!($name)
            }

            #[allow(unused_variables)] // there may be no arguments
            fn write(&self, to: &mut serde_json::Map<String, serde_json::Value>) {
                $(to.insert(stringify!($field).to_owned(), $crate::optimizers::arguments::Argument::write(&self.$field));)*
            }

            #[allow(unused_variables)]
            fn read(&mut self, owner: &str, fields: &mut $crate::keras::Fields<'_>) -> $crate::error::Result<()> {
                $($crate::optimizers::arguments::read_to(&mut self.$field, stringify!($field), owner, fields)?;)*
                Ok(())
            }

            #[allow(unused_variables)]
            fn check(&self, owner: &'static str) -> $crate::error::Result<()> {
                $({
                    let value = $crate::optimizers::arguments::Argument::write(&self.$field);
                    let range = $range(&self.$field);
                    $crate::optimizers::arguments::require(owner, stringify!($field), range, value)?;
                })*
                Ok(())
            }
        }
    };
}

/// Parts of weights' paths: `["output/"].into()`, or whatever texts there are, in a method that takes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl<const N: usize> From<[&str; N]> for Names {
    fn from(names: [&str; N]) -> Self {
        Self(names.map(ToOwned::to_owned).into())
    }
}

impl From<Vec<String>> for Names {
    fn from(names: Vec<String>) -> Self {
        Self(names)
    }
}

impl From<Names> for Value {
    fn from(names: Names) -> Self {
        names.0.into()
    }
}

/// What a method that sets an argument takes.
macro_rules! given {
    ($type:ty) => {
        $type
    };
    ($type:ty, $given:ty) => {
        $given
    };
}

pub(crate) use {arguments, given};
