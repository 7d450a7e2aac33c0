//! Operations of `keras.ops` as calls have them: `ops::mean(x, axis = 1)`. Groups of them are layers without weights; what an operation is
//! called with by position, its operands, may be numbers.

use serde_json::Value;

use crate::argument::{Argument, Mismatch};
use crate::shape::DType;

/// An operation, by the names that it has.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// The function's: `ops::mean`.
    pub name: &'static str,
    /// That of Keras's class, which is in configurations: `Mean`.
    pub class: &'static str,
    /// That of Keras's module, without `keras.src.ops.`: `numpy`.
    pub module: &'static str,
    /// What it is called with before its other arguments.
    pub operands: &'static [&'static str],
    /// The arguments that stand before those: `ops::einsum("bij,bjk->bik", x, y)`.
    pub leading: &'static [&'static str],
    /// Which of its group's arguments it takes, where it does not take all.
    pub arguments: Option<&'static [&'static str]>,
    /// Those that must be given, though others of the group can do without.
    pub needed: &'static [&'static str],
    /// The arguments that Keras's configuration has by name at the call.
    pub keywords: &'static [&'static str],
    /// What it does.
    pub doc: &'static str,
}

impl Operation {
    /// Whether it takes an argument of its group, or has it as an operand.
    #[must_use]
    pub fn takes(&self, argument: &str) -> bool {
        let is_asked = self.arguments.is_none_or(|arguments| arguments.contains(&argument));
        argument != FUNCTION && (is_asked || self.operands.contains(&argument))
    }

    /// Whether it takes an argument of its group which is none of its operands.
    #[must_use]
    pub fn is_own(&self, argument: &str) -> bool {
        self.takes(argument) && !self.operands.contains(&argument)
    }
}

/// A group's operations, and its choice among them.
pub trait Choice: Argument + Copy + 'static {
    /// All of them.
    const ALL: &'static [Operation];

    /// This one.
    fn operation(self) -> &'static Operation;
}

/// Declares the operations of a group, each with its name and module in Keras, and where they differ from the name and the group, `as` its
/// class, `of` its operands, `after` the arguments before those, the group's arguments that it `needs` and can be given `with`, and those
/// that configurations have `by` name.
macro_rules! operations {
    (
        $(#[$doc:meta])*
        $group:ident of $operands:tt {
            $(
                #[doc = $text:literal]
                $variant:ident $name:literal in $module:ident $(as $class:literal)? $(of $own:tt)? $(after $leading:tt)?
                $(needs $needed:tt)? $(with $optional:tt)? $(by $keywords:tt)?;
            )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $group {
            $( #[doc = $text] $variant, )*
        }

        impl $crate::operation::Choice for $group {
            const ALL: &'static [$crate::operation::Operation] = &[$(
                $crate::operation::Operation {
                    name: $name,
                    class: $crate::operation::operations!(@class $variant $($class)?),
                    module: stringify!($module),
                    operands: $crate::operation::operations!(@operands $operands $($own)?),
                    leading: $crate::operation::operations!(@list $($leading)?),
                    arguments: $crate::operation::operations!(@arguments [$($needed)?] [$($optional)?]),
                    needed: $crate::operation::operations!(@list $($needed)?),
                    keywords: $crate::operation::operations!(@list $($keywords)?),
                    doc: $text,
                },
            )*];

            fn operation(self) -> &'static $crate::operation::Operation {
                #[allow(clippy::arithmetic_side_effects)] // a variant's number
                &<Self as $crate::operation::Choice>::ALL[self as usize]
            }
        }

        impl $crate::argument::Argument for $group {
            const EXPECTED: &'static str = "an operation";

            fn from_value(value: &serde_json::Value) -> Result<Self, $crate::argument::Mismatch> {
                match value.as_str() {
                    $( Some($name) => Ok(Self::$variant), )*
                    _ => Err($crate::argument::Mismatch::Expected(Self::EXPECTED)),
                }
            }

            fn to_value(&self) -> serde_json::Value {
                serde_json::Value::from(<Self as $crate::operation::Choice>::operation(*self).name)
            }
        }
    };
    (@class $variant:ident) => { stringify!($variant) };
    (@class $variant:ident $class:literal) => { $class };
    (@operands $group:tt) => { &$group };
    (@operands $group:tt $own:tt) => { &$own };
    (@list) => { &[] };
    (@list [$($name:ident),*]) => { &[$(stringify!($name)),*] };
    (@arguments [] []) => { None };
    (@arguments [$([$($needed:ident),*])?] [$([$($optional:ident),*])?]) => {
        Some(&[$($(stringify!($needed),)*)? $($(stringify!($optional),)*)?])
    };
}
pub(crate) use operations;

/// The argument that says which operation of its group a layer is.
pub const FUNCTION: &str = "function";

/// An operand: the next tensor that the call is given, or a number in its place.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Operand(Option<Value>);

impl Operand {
    /// A whole number.
    #[must_use]
    pub fn from_number(number: i64) -> Self {
        Self(Some(Value::from(number)))
    }

    /// The number, if it is one; what is true or false counts as 1 or 0.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        self.0.as_ref().and_then(|value| value.as_f64().or_else(|| value.as_bool().map(|is_true| f64::from(u8::from(is_true)))))
    }

    /// The number, if it is a whole one of at least 0.
    #[must_use]
    pub fn whole(&self) -> Option<usize> {
        self.0.as_ref().and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok())
    }

    /// The type of the number, if it is one: whole numbers are written without a point.
    #[must_use]
    pub fn dtype(&self) -> Option<DType> {
        self.0.as_ref().map(|value| match value {
            Value::Bool(_) => DType::Bool,
            Value::Number(number) if number.is_f64() => DType::F32,
            _ => DType::I32,
        })
    }

    /// Whether it is a tensor.
    #[must_use]
    pub const fn is_tensor(&self) -> bool {
        self.0.is_none()
    }
}

impl Argument for Operand {
    const EXPECTED: &'static str = "a tensor or a number";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Null => Ok(Self(None)),
            Value::Bool(_) => Ok(Self(Some(value.clone()))),
            Value::Number(number) if number.as_f64().is_some_and(f64::is_finite) => Ok(Self(Some(value.clone()))),
            _ => Err(Mismatch::Expected(Self::EXPECTED)),
        }
    }

    fn to_value(&self) -> Value {
        self.0.clone().unwrap_or_default()
    }
}
