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

/// A value of an argument, of whichever type.
trait Written {
    /// See [`Argument::to_value`].
    fn value(&self) -> Value;
    /// See [`Argument::to_source`].
    fn text(&self) -> String;
}

impl<T: Argument> Written for T {
    fn value(&self) -> Value {
        self.to_value()
    }

    fn text(&self) -> String {
        self.to_source()
    }
}

/// What a layer's declaration does with an argument is the same for all layers and types: so it is compiled once, and the code of a layer is the
/// list of its arguments.
pub struct Held<'a> {
    name: &'static str,
    value: &'a dyn Written,
    default: Option<&'a dyn Written>,
}

impl<'a> Held<'a> {
    /// An argument of a layer, with its default where it has one.
    pub fn of<T: Argument>(name: &'static str, value: &'a T, default: Option<&'a T>) -> Self {
        Self { name, value, default: default.map(|default| default as &dyn Written) }
    }
}

/// The arguments that a layer holds, one after the other.
pub type EachHeld<'a> = &'a dyn Fn(&mut dyn FnMut(Held<'_>));

/// See [`LayerArguments::write`].
pub fn write(each: EachHeld<'_>) -> Map<String, Value> {
    let mut arguments = Map::new();
    each(&mut |held| {
        arguments.insert(held.name.to_owned(), held.value.value());
    });
    arguments
}

/// See [`LayerArguments::essential`].
pub fn essential(each: EachHeld<'_>) -> Map<String, Value> {
    let mut arguments = Map::new();
    each(&mut |held| {
        let value = held.value.value();
        if held.default.map(Written::value).as_ref() != Some(&value) {
            arguments.insert(held.name.to_owned(), value);
        }
    });
    arguments
}

/// See [`LayerArguments::texts`].
pub fn texts(each: EachHeld<'_>) -> Vec<ArgumentText> {
    let mut texts = Vec::new();
    each(&mut |Held { name, value, default }| {
        texts.push(ArgumentText { name, value: value.text(), default: default.map(Written::text) });
    });
    texts
}

/// Adds an argument of this type to those of a layer.
pub fn specify<T: Argument>(specs: &mut Vec<ArgumentSpec>, name: &'static str, default: Option<T>, doc: &'static str) {
    let default = default.as_ref().map(T::to_source);
    specs.push(ArgumentSpec { name, expected: T::EXPECTED, default, objects: T::OBJECTS, takes_layers: T::TAKES_LAYERS, doc });
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
    let read = T::from_value(value);
    read.map_err(|mismatch| problems.push(problem(name, value, mismatch, &|value| T::from_value(value).is_ok()))).ok()
}

/// What is wrong with the value of an argument.
fn problem(argument: &'static str, value: &Value, mismatch: Mismatch, serves: &dyn Fn(&Value) -> bool) -> ArgumentProblem {
    let found = value.clone();
    match mismatch {
        Mismatch::Expected(expected) => ArgumentProblem::Value { argument, expected, found, near: near(value, serves) },
        Mismatch::Inside { key, expected, found } => ArgumentProblem::Inside { argument, key, expected, found },
        Mismatch::Choice(choices) => ArgumentProblem::Choice { argument, choices, found },
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
                #[allow(unused_mut)]
                let mut specs = Vec::new();
                $( $crate::layer::declaration::specify::<$type>(
                    &mut specs, stringify!($argument), $crate::layer::layer!(@default $($default)?), concat!($($argument_doc),*),
                ); )*
                specs
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
                $crate::layer::declaration::write(&|see| self.each_held(see))
            }

            fn essential(&self) -> serde_json::Map<String, serde_json::Value> {
                $crate::layer::declaration::essential(&|see| self.each_held(see))
            }

            fn texts(&self) -> Vec<$crate::layer::ArgumentText> {
                $crate::layer::declaration::texts(&|see| self.each_held(see))
            }
        }

        impl $name {
            /// Shows the arguments one after the other, each with its default.
            #[allow(unused_variables)] // a layer without arguments
            fn each_held(&self, see: &mut dyn FnMut($crate::layer::declaration::Held<'_>)) {
                $( let default: Option<$type> = $crate::layer::layer!(@default $($default)?);
                   see($crate::layer::declaration::Held::of(stringify!($argument), &self.$argument, default.as_ref())); )*
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
