//! Arguments of losses, metrics, optimisers and schedules: what each can be, and how files have it; and those of losses and metrics, each
//! declared once, from which its place, its default, how it is set, written and read follow.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::error::Result;
use crate::keras::Fields;

/// What an argument can be.
pub trait Argument: Sized {
    /// What is expected, in words.
    const EXPECTED: &'static str;

    /// The same where there may be none.
    const OR_NULL: &'static str = Self::EXPECTED;

    /// As Keras's configuration has it.
    fn write(&self) -> Value;

    /// What a configuration's value stands for.
    fn read(value: &Value) -> Option<Self>;
}

macro_rules! plain {
    ($($type:ty, $expected:literal, $read:expr;)*) => {
        $(impl Argument for $type {
            const EXPECTED: &'static str = $expected;
            const OR_NULL: &'static str = concat!($expected, " or null");

            fn write(&self) -> Value {
                self.clone().into()
            }

            fn read(value: &Value) -> Option<Self> {
                $read(value)
            }
        })*
    };
}

plain! {
    bool, "a truth value", Value::as_bool;
    f64, "a number", Value::as_f64;
    u64, "a whole number from 0", count;
    i64, "a whole number", Value::as_i64;
    usize, "a whole number of at least 0", |value: &Value| value.as_u64().and_then(|number| number.try_into().ok());
    String, "a text", |value: &Value| value.as_str().map(str::to_owned);
}

/// A count, which Python may have written with a point.
fn count(value: &Value) -> Option<u64> {
    let whole = |count: &f64| count.fract() == 0.0 && (0.0..9e15).contains(count);
    value.as_u64().or_else(|| value.as_f64().filter(whole).map(|count| count as u64))
}

/// The members of a list.
pub fn list<A: Argument>(value: &Value) -> Option<Vec<A>> {
    value.as_array()?.iter().map(A::read).collect()
}

/// The members of a list, or one alone.
pub(crate) fn one_or_several<A: Argument>(value: &Value) -> Option<Vec<A>> {
    if value.is_array() { list(value) } else { A::read(value).map(|one| vec![one]) }
}

impl<A: Argument> Argument for Option<A> {
    const EXPECTED: &'static str = A::OR_NULL;

    fn write(&self) -> Value {
        self.as_ref().map_or(Value::Null, A::write)
    }

    fn read(value: &Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { A::read(value).map(Some) }
    }
}

macro_rules! lists {
    ($($type:ty, $expected:literal, $read:expr;)*) => {
        $(impl Argument for Vec<$type> {
            const EXPECTED: &'static str = $expected;

            fn write(&self) -> Value {
                self.as_slice().into()
            }

            fn read(value: &Value) -> Option<Self> {
                $read(value)
            }
        })*
    };
}

lists! {
    f64, "a list of numbers", list;
    u64, "a list of whole numbers from 0", list;
    i64, "a list", one_or_several;
    usize, "a list", one_or_several;
}

/// Declares what an argument can be that Keras has a word for.
macro_rules! words {
    ($(#[$doc:meta])* pub enum $name:ident: $expected:literal { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $crate::arguments::Argument for $name {
            const EXPECTED: &'static str = $expected;
            const OR_NULL: &'static str = concat!($expected, " or null");

            fn write(&self) -> serde_json::Value {
                match self { $(Self::$variant => $word,)* }.into()
            }

            fn read(value: &serde_json::Value) -> Option<Self> {
                match value.as_str()? { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}
pub(crate) use words;

impl<A: Argument + Clone> Argument for Cow<'static, [A]> {
    const EXPECTED: &'static str = "a list";

    fn write(&self) -> Value {
        self.iter().map(A::write).collect()
    }

    fn read(value: &Value) -> Option<Self> {
        one_or_several(value).map(Cow::Owned)
    }
}

/// What a loss or a metric takes, but for what all of them do.
pub(crate) trait Arguments: Sized {
    /// The arguments as Keras's configuration has them, in Keras's order.
    fn write(&self) -> Map<String, Value>;

    /// Reads what `write` has written; what is missing is Keras's default.
    fn read(fields: &mut Fields<'_>) -> Result<Self>;
}

/// Declares a struct by its arguments, with Keras's defaults: `new()`, and a method to set each. What has no default is what `new` takes. An
/// argument with `=> constructor` is a truth value, and its method makes the struct with it.
macro_rules! arguments {
    ($(#[$doc:meta])* pub struct $name:ident;) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        pub struct $name;

        impl $name {
            /// There are no arguments.
            #[must_use]
            pub const fn new() -> Self {
                Self
            }
        }

        impl $crate::arguments::Arguments for $name {
            fn write(&self) -> serde_json::Map<String, serde_json::Value> {
                serde_json::Map::new()
            }

            fn read(_: &mut $crate::keras::Fields<'_>) -> $crate::error::Result<Self> {
                Ok(Self)
            }
        }
    };
    ($(#[$doc:meta])* pub struct $name:ident { $($fields:tt)* }) => {
        $crate::arguments::arguments! { $(#[$doc])* pub struct $name() { $($fields)* } }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }
    };
    ($(#[$doc:meta])* pub struct $name:ident($($(#[$needed_doc:meta])* $needed:ident: $given:ty),*) {
        $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr $(=> $constructor:ident)?,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $($(#[$needed_doc])* pub $needed: $given,)*
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $name {
            /// With Keras's defaults.
            #[must_use]
            pub const fn new($($needed: $given),*) -> Self {
                Self { $($needed,)* $($field: $default),* }
            }

            $($crate::arguments::arguments! { @method $(#[$field_doc])* $field: $type $(=> $constructor)? })*
        }

        impl $crate::arguments::Arguments for $name {
            fn write(&self) -> serde_json::Map<String, serde_json::Value> {
                let mut map = serde_json::Map::new();
                $(map.insert(stringify!($needed).to_owned(), $crate::arguments::Argument::write(&self.$needed));)*
                $(map.insert(stringify!($field).to_owned(), $crate::arguments::Argument::write(&self.$field));)*
                map
            }

            fn read(fields: &mut $crate::keras::Fields<'_>) -> $crate::error::Result<Self> {
                Ok(Self {
                    $($needed: fields.required(stringify!($needed))?,)*
                    $($field: fields.argument::<$type>(stringify!($field), $default)?,)*
                })
            }
        }
    };
    (@method $(#[$doc:meta])* $field:ident: $type:ty) => {
        $(#[$doc])*
        #[must_use]
        pub fn $field(mut self, $field: impl Into<$type>) -> Self {
            self.$field = $field.into();
            self
        }
    };
    (@method $(#[$doc:meta])* $field:ident: $type:ty => constructor) => {
        $(#[$doc])*
        #[must_use]
        pub fn $field() -> Self {
            Self { $field: true, ..Self::new() }
        }
    };
}
pub(crate) use arguments;
