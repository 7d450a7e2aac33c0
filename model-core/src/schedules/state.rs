//! How a schedule's file states its arguments, once, and what follows from that.

use serde_json::{Map, Value};

use crate::error::Result;
use crate::keras::Fields;

/// What a schedule's file says besides.
pub(super) trait Rate {
    /// The learning rate of the step before which so many were taken.
    fn at(&self, step: u64) -> f64;

    /// What is wrong with the arguments together.
    fn check_together(&self) -> Result<()> {
        Ok(())
    }
}

/// What follows from the statement of a schedule's arguments.
pub(super) trait Stated: Sized {
    fn write(&self, to: &mut Map<String, Value>);
    fn read(fields: &mut Fields<'_>) -> Result<Self>;
    fn check(&self) -> Result<()>;
    fn signature() -> Vec<(String, Option<Value>)>;
}

/// A schedule: its documentation, its class and Keras's name for one, the arguments that must be given, and those with defaults.
macro_rules! schedule {
    (
        $(#[$doc:meta])*
        $name:ident = $keras:literal;
        $new_doc:literal
        ($($(#[$required_doc:meta])* $required:ident: $required_type:ty, $required_range:expr $(, from $required_given:ty)?;)*)
        { $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr, $range:expr $(, from $given:ty)?;)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $($(#[$required_doc])* pub $required: $required_type,)*
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $name {
            #[doc = $new_doc]
            #[must_use]
            #[allow(clippy::useless_conversion)] // what most take is what they keep
            pub fn new($($required: $crate::optimizers::arguments::given!($required_type $(, $required_given)?)),*) -> Self {
                Self { $($required: $required.into(),)* $($field: $default,)* }
            }

            $($(#[$field_doc])*
            #[doc = ""]
            #[doc = concat!("Keras's default is `", stringify!($default), "`.")]
            #[must_use]
            #[allow(clippy::useless_conversion)]
            pub fn $field(mut self, $field: $crate::optimizers::arguments::given!($type $(, $given)?)) -> Self {
                self.$field = $field.into();
                self
            })*
        }

        impl $crate::schedules::state::Stated for $name {
            fn write(&self, to: &mut serde_json::Map<String, serde_json::Value>) {
                use $crate::arguments::Argument;
                $(to.insert(stringify!($required).to_owned(), self.$required.write());)*
                $(to.insert(stringify!($field).to_owned(), self.$field.write());)*
                to.insert("name".to_owned(), $keras.into());
            }

            fn read(fields: &mut $crate::keras::Fields<'_>) -> $crate::error::Result<Self> {
                fields.ignore(&["name"]);
                Ok(Self {
                    $($required: fields.required(stringify!($required))?,)*
                    $($field: fields.argument(stringify!($field), $default)?,)*
                })
            }

            fn check(&self) -> $crate::error::Result<()> {
                use $crate::arguments::Argument;
                use $crate::optimizers::arguments::require;
                use $crate::schedules::state::Rate;
                $(require(stringify!($name), stringify!($required), $required_range(&self.$required), self.$required.write())?;)*
                $(require(stringify!($name), stringify!($field), $range(&self.$field), self.$field.write())?;)*
                self.check_together()
            }

            fn signature() -> Vec<(String, Option<serde_json::Value>)> {
                let required: &[&str] = &[$(stringify!($required)),*];
                #[allow(unused_mut)] // all may be required
                let mut all: Vec<_> = required.iter().map(|name| ((*name).to_owned(), None)).collect();
                $({
                    let default: $type = $default;
                    let written = $crate::arguments::Argument::write(&default);
                    all.push((stringify!($field).to_owned(), Some(written)));
                })*
                all
            }
        }
    };
}

pub(super) use schedule;
