//! Arguments of optimisers and schedules, and the ranges that they must be in. From one statement of each follow the field, the method that
//! sets it, how it is written, read and checked.

use serde_json::{Map, Value};

use crate::arguments::{Argument, list};
use crate::error::{Error, Result};
use crate::keras::Fields;

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

    /// Reads those that are there; the rest stays as it is.
    fn read(&mut self, fields: &mut Fields<'_>) -> Result<()>;

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
                $(to.insert(stringify!($field).to_owned(), $crate::arguments::Argument::write(&self.$field));)*
            }

            #[allow(unused_variables)]
            fn read(&mut self, fields: &mut $crate::keras::Fields<'_>) -> $crate::error::Result<()> {
                $(self.$field = fields.argument(stringify!($field), self.$field.clone())?;)*
                Ok(())
            }

            #[allow(unused_variables)]
            fn check(&self, owner: &'static str) -> $crate::error::Result<()> {
                $({
                    let value = $crate::arguments::Argument::write(&self.$field);
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

impl Argument for Names {
    const EXPECTED: &'static str = "a list of texts or null";

    fn write(&self) -> Value {
        self.0.as_slice().into()
    }

    fn read(value: &Value) -> Option<Self> {
        if value.is_null() { Some(Self::default()) } else { list(value).map(Self) }
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
