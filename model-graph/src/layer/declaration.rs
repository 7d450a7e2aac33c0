//! How the arguments of a layer are declared, and what follows from that: reading, writing and showing them.

use serde_json::{Map, Value};

use crate::argument::{Argument, Mismatch, ObjectClass, near};
use crate::problem::ArgumentProblem;

/// One argument of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct ArgumentSpec {
    /// Keras's name.
    pub name: &'static str,
    /// What values it takes, in words.
    pub expected: &'static str,
    /// The default as a layer call has it; `None` where the argument must be given.
    pub default: Option<String>,
    /// The classes whose objects it may be: `L2(1e-4)`.
    pub objects: &'static [ObjectClass],
    /// Whether it is a layer, or a list of them: `Bidirectional(LSTM(8))`.
    pub takes_layers: bool,
    /// What it does.
    pub doc: &'static str,
}

/// What `layer!` derives from the declaration of a layer's arguments.
pub trait LayerArguments: Sized {
    /// Keras's class name.
    const CLASS: &'static str;

    /// The layer's documentation, one line an element.
    const DOC: &'static [&'static str];

    /// The arguments in Keras's order.
    fn specs() -> Vec<ArgumentSpec>;

    /// Reads the arguments, which are known to have valid names.
    ///
    /// # Errors
    /// All of an argument's problems at once: missing, of another type, out of range.
    fn read(given: &Map<String, Value>) -> Result<Self, Vec<ArgumentProblem>>;

    /// Writes all arguments as Keras's configuration has them.
    fn write(&self) -> Map<String, Value>;

    /// Writes the arguments that the layer cannot do without: those that are not defaults.
    fn essential(&self) -> Map<String, Value> {
        self.write()
    }

    /// All arguments in Keras's order, as a layer call has them.
    fn texts(&self) -> Vec<ArgumentText>;

    /// The arguments that differ from their defaults, as a layer call has them: `64, 3, activation = "relu"`.
    fn source(&self) -> String {
        write_source(&self.texts())
    }
}

/// One argument of a layer that is made, as a layer call has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentText {
    /// Keras's name.
    pub name: &'static str,
    /// The value.
    pub value: String,
    /// The default, where there is one.
    pub default: Option<String>,
}

impl ArgumentText {
    /// An argument of a layer with this value.
    pub fn new<T: Argument>(name: &'static str, value: &T, default: Option<&T>) -> Self {
        Self { name, value: value.to_source(), default: default.map(T::to_source) }
    }
}

/// Reads one argument of a layer, or takes its default, and notes what is wrong.
pub fn read_argument<T: Argument>(
    name: &'static str,
    given: &Map<String, Value>,
    default: Option<T>,
    problems: &mut Vec<ArgumentProblem>,
) -> Option<T> {
    let Some(value) = given.get(name) else {
        if default.is_none() {
            problems.push(ArgumentProblem::Missing { argument: name, expected: T::EXPECTED });
        }
        return default;
    };
    match T::from_value(value) {
        Ok(read) => Some(read),
        Err(Mismatch::Expected(expected)) => {
            let near = near(value, &|value| T::from_value(value).is_ok());
            problems.push(ArgumentProblem::Value { argument: name, expected, found: value.clone(), near });
            None
        }
        Err(Mismatch::Inside { key, expected, found }) => {
            problems.push(ArgumentProblem::Inside { argument: name, key, expected, found });
            None
        }
        Err(Mismatch::Choice(choices)) => {
            problems.push(ArgumentProblem::Choice { argument: name, choices, found: value.clone() });
            None
        }
    }
}

/// The text of the arguments that differ from their defaults. Those that must be given and the first go without their names.
pub fn write_source(arguments: &[ArgumentText]) -> String {
    let differ = arguments.iter().enumerate().filter(|(_, argument)| argument.default.as_ref() != Some(&argument.value));
    let texts = differ.map(|(position, ArgumentText { name, value, default })| match default {
        Some(_) if position > 0 => format!("{name} = {value}"),
        _ => value.clone(),
    });
    texts.collect::<Vec<_>>().join(", ")
}

/// Declares a layer: its documentation, and its arguments in Keras's order with Keras's names and defaults; those that several layers share by
/// the names of their groups.
macro_rules! layer {
    (
        $(#[doc = $doc:literal])*
        $name:ident {
            $( $(#[doc = $argument_doc:expr])* $argument:ident: $type:ty $(= $default:expr)?, )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $( $(#[doc = $argument_doc])* pub $argument: $type, )*
        }

        $crate::layer::layer! { @new $name [] $( $argument $(= $default)?, )* }

        /// Arguments, as Keras has them.
        impl $crate::described::Described<$name> {
            $(
                $(#[doc = $argument_doc])*
                #[must_use]
                pub fn $argument(self, $argument: impl Into<$crate::described::Given>) -> Self {
                    self.with(stringify!($argument), $argument)
                }
            )*
        }

        impl $crate::layer::LayerArguments for $name {
            const CLASS: &'static str = stringify!($name);
            const DOC: &'static [&'static str] = &[$($doc),*];

            fn specs() -> Vec<$crate::layer::ArgumentSpec> {
                vec![$({
                    let default: Option<$type> = $crate::layer::layer!(@default $($default)?);
                    $crate::layer::ArgumentSpec {
                        name: stringify!($argument),
                        expected: <$type as $crate::argument::Argument>::EXPECTED,
                        default: default.as_ref().map($crate::argument::Argument::to_source),
                        objects: <$type as $crate::argument::Argument>::OBJECTS,
                        takes_layers: <$type as $crate::argument::Argument>::TAKES_LAYERS,
                        doc: concat!($($argument_doc),*),
                    }
                }),*]
            }

            fn read(
                #[allow(unused_variables)] given: &serde_json::Map<String, serde_json::Value>,
            ) -> Result<Self, Vec<$crate::problem::ArgumentProblem>> {
                #[allow(unused_mut)]
                let mut problems = Vec::new();
                $( let $argument: Option<$type> = $crate::layer::read_argument(
                    stringify!($argument), given, $crate::layer::layer!(@default $($default)?), &mut problems,
                ); )*
                #[allow(irrefutable_let_patterns)] // a layer without arguments is always read
                if let ($(Some($argument),)*) = ($($argument,)*) {
                    return Ok(Self { $($argument),* });
                }
                Err(problems)
            }

            fn write(&self) -> serde_json::Map<String, serde_json::Value> {
                #[allow(unused_mut)]
                let mut arguments = serde_json::Map::new();
                $( arguments.insert(stringify!($argument).to_owned(), $crate::argument::Argument::to_value(&self.$argument)); )*
                arguments
            }

            fn essential(&self) -> serde_json::Map<String, serde_json::Value> {
                #[allow(unused_mut)]
                let mut arguments = serde_json::Map::new();
                $( let default: Option<$type> = $crate::layer::layer!(@default $($default)?);
                   if default.as_ref() != Some(&self.$argument) {
                       arguments.insert(stringify!($argument).to_owned(), $crate::argument::Argument::to_value(&self.$argument));
                   } )*
                arguments
            }

            fn texts(&self) -> Vec<$crate::layer::ArgumentText> {
                vec![$({
                    let default: Option<$type> = $crate::layer::layer!(@default $($default)?);
                    $crate::layer::ArgumentText::new(stringify!($argument), &self.$argument, default.as_ref())
                }),*]
            }
        }
    };
    // What must be given comes first.
    (@new $name:ident [$($required:ident)*] $argument:ident, $($rest:tt)*) => {
        $crate::layer::layer! { @new $name [$($required)* $argument] $($rest)* }
    };
    (@new $name:ident [$($required:ident)*] $($rest:tt)*) => {
        impl $name {
            /// The layer with the arguments that it needs. The others have their defaults, until they are given.
            #[must_use]
            #[allow(clippy::new_ret_no_self)] // what is given is looked at when it is called
            pub fn new($($required: impl Into<$crate::described::Given>),*) -> $crate::described::Described<Self> {
                $crate::described::Described::of([$((stringify!($required), $required.into())),*])
            }
        }
    };
    (@default) => { None };
    (@default $default:expr) => { Some($default) };

    // The same with groups of arguments, `..seed`, which are replaced by what they hold, one after the other.
    ( $(#[doc = $doc:literal])* $name:ident { $($arguments:tt)* } ) => {
        $crate::layer::layer! { @groups { $(#[doc = $doc])* $name } [] $($arguments)* }
    };
    (@groups { $($head:tt)* } [$($done:tt)*]) => {
        $crate::layer::layer! { $($head)* { $($done)* } }
    };
    (@groups $head:tt $done:tt ..$group:ident, $($rest:tt)*) => {
        $crate::layers::arguments::group! { $group { $head $done $($rest)* } }
    };
    (@groups $head:tt [$($done:tt)*] $(#[doc = $doc:expr])* $argument:ident: $type:ty $(= $default:expr)?, $($rest:tt)*) => {
        $crate::layer::layer! { @groups $head [$($done)* $(#[doc = $doc])* $argument: $type $(= $default)?,] $($rest)* }
    };
    (@in { $head:tt $done:tt $($rest:tt)* } $($arguments:tt)*) => {
        $crate::layer::layer! { @groups $head $done $($arguments)* $($rest)* }
    };
}
pub(crate) use layer;
