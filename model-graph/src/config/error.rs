//! What can be wrong with a document, and the words for it.

use std::fmt;

use serde_json::Value;

use super::foreign::Foreign;
use crate::message::{ArgumentError, CallError, brief, choices, instead, nearest, reason, short};

/// A document that describes no model which can be run.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigError {
    /// The names of the models and the layer where the fault is, from the outside in; empty for the document itself.
    pub place: Vec<String>,
    /// What is wrong there.
    pub problem: ConfigProblem,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum ConfigProblem {
    /// The text is not JSON; why not.
    Json(String),
    /// Something is not there.
    Missing {
        /// The key it should be under.
        key: &'static str,
        /// What should be there.
        expected: &'static str,
    },
    /// Something is not what it must be.
    Value {
        /// The key it is under.
        key: String,
        /// What should be there.
        expected: &'static str,
        /// What is there.
        found: Value,
    },
    /// There is no such class.
    Class {
        /// The name that is written.
        found: String,
        /// The names that there are.
        known: Vec<&'static str>,
    },
    /// A model that plain code runs.
    Code {
        /// Its class.
        class: String,
    },
    /// A layer of Keras's that there is not (yet).
    Absent {
        /// Its class.
        class: &'static str,
    },
    /// An operation of Keras's that is none of the layers that there are.
    Operation {
        /// Its class, with its module.
        found: String,
        /// The classes of the operations that there are.
        known: Vec<&'static str>,
    },
    /// The document is not Keras 3's.
    Foreign(Foreign),
    /// A layer of the user's own is not registered.
    Unregistered {
        /// Its class.
        class: String,
        /// The name that it is saved by.
        registered: String,
        /// The names that are registered.
        known: Vec<String>,
    },
    /// The arguments make no layer.
    Arguments(Vec<ArgumentError>),
    /// A layer does not fit its inputs.
    Call(Box<CallError>),
    /// Two layers, or a layer and an input, have one name.
    Duplicate(String),
    /// A tensor that a call or an output refers to is not there.
    Tensor {
        /// The layer that should make it.
        layer: String,
        /// Which call of the layer.
        call: usize,
        /// Which output of the call.
        output: usize,
        /// The names of the inputs and layers that there are.
        known: Vec<String>,
    },
    /// A call waits for its own result.
    Circle,
    /// A layer stands in the document without a call.
    NeverCalled,
    /// A layer or a call has an option that has no meaning here.
    Option {
        /// Its name.
        name: String,
        /// What it is set to.
        found: Value,
    },
    /// A call has an input of another name than those of the model.
    Input {
        /// The name.
        found: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// A size that is a constant's of the program that wrote it.
    Constant(String),
    /// A model in a model in a model, and so on.
    Depth {
        /// How many are allowed.
        most: usize,
    },
    /// A call has an input twice.
    Twice(String),
    /// There are too many calls, with those of models in models.
    Calls {
        /// How many are allowed.
        most: usize,
    },
    /// A layer of a sequence has several outputs.
    Several {
        /// How many.
        found: usize,
    },
}

impl From<ConfigProblem> for ConfigError {
    fn from(problem: ConfigProblem) -> Self {
        Self { place: Vec::new(), problem }
    }
}

impl ConfigError {
    /// The same error, seen from the model or layer that contains its place.
    pub(super) fn within(mut self, name: &str) -> Self {
        self.place.insert(0, name.to_owned());
        self
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.iter().map(|name| short(name)).collect::<Vec<_>>().join("/") {
            place if place.is_empty() => write!(f, "the document {}", self.problem),
            place => write!(f, "`{place}` {}", self.problem),
        }
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(reason) => write!(f, "is not JSON: {reason}"),
            Self::Missing { key, expected } => write!(f, "has no `{key}`, {expected}"),
            Self::Value { key, expected, found } => write!(f, "has `{}` {}, expected {expected}", short(key), brief(found)),
            Self::Class { found, known } => {
                write!(f, "is of class `{}`, which is not known\nhelp: {}", short(found), choices(found, known))
            }
            Self::Code { class } => {
                let class = short(class);
                write!(
                    f,
                    "is a model of one's own, `{class}`, whose code is not in the file\nhelp: make a `{class}` and load the file's weights into it, `model.load_weights(path)`"
                )
            }
            Self::Absent { class } => {
                write!(f, "is Keras's layer `{class}`, which {}\nhelp: {}", reason(class), instead(class))
            }
            Self::Operation { found, known } => {
                let class = found.rsplit('.').next().unwrap_or(found);
                write!(f, "is the operation `{}`, which is not supported yet\nhelp: {}", short(found), choices(class, known))
            }
            Self::Foreign(foreign) => foreign.fmt(f),
            Self::Unregistered { class, registered, known } => unregistered(f, class, registered, known),
            Self::Arguments(errors) => {
                let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
                write!(f, "cannot be made: {}", errors.join("\n"))
            }
            Self::Call(error) => write!(f, "does not fit its inputs: {error}"),
            Self::Duplicate(name) => {
                write!(f, "has two layers named `{}`\nhelp: every layer and input needs a name of its own", short(name))
            }
            Self::Tensor { layer, call, output, known } => {
                write!(f, "refers to output {output} of call {call} of `{}`, which is not there\nhelp: ", short(layer))?;
                let names: Vec<&str> = known.iter().map(String::as_str).collect();
                if names.contains(&layer.as_str()) {
                    return write!(f, "calls and outputs are counted from 0, and an input must be among `input_layers`");
                }
                f.write_str(&choices(layer, &names))
            }
            Self::Circle => write!(f, "waits for its own result\nhelp: the calls must not go round in a circle"),
            Self::NeverCalled => write!(f, "is never called\nhelp: leave it out, or give it an inbound node"),
            Self::Option { name, found } => {
                write!(f, "is given `{}` {}, which is not supported\nhelp: leave it out", short(name), brief(found))
            }
            Self::Input { found, known } => {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                write!(f, "is called with an input `{}`, which it does not have\nhelp: {}", short(found), choices(found, &known))
            }
            Self::Constant(name) => {
                write!(
                    f,
                    "has a size that is made of the constant `{name}`\nhelp: write the number, as `config()` of the model does"
                )
            }
            Self::Depth { most } => write!(f, "lies more than {most} deep\nhelp: put fewer lists or models inside one another"),
            Self::Twice(name) => write!(f, "is given the input `{}` twice\nhelp: keep one of them", short(name)),
            Self::Calls { most } => {
                write!(f, "would be one of more than {most} layer calls\nhelp: call models that call models less often")
            }
            Self::Several { found } => {
                write!(f, "has {found} outputs, and the layers of a `Sequential` have one\nhelp: use a functional model")
            }
        }
    }
}

impl std::error::Error for ConfigError {}

/// How a layer would be registered, or which one that is registered may be meant.
fn unregistered(f: &mut fmt::Formatter<'_>, class: &str, registered: &str, known: &[String]) -> fmt::Result {
    let (class, registered) = (&*short(class), &*short(registered));
    let classes: Vec<&str> = known.iter().map(|name| name.rsplit('>').next().unwrap_or(name)).collect();
    let named_alike = known.iter().zip(&classes).find(|(_, other)| **other == class);
    if let (Some((other, _)), Some((package, _))) = (named_alike, registered.split_once('>')) {
        return write!(
            f,
            "is saved as `{registered}`, and that was not registered\nhelp: `{other}` was: write `#[layer(package = \"{package}\", ..)]` \
             if they are one"
        );
    }
    write!(f, "is of class `{class}`, a custom layer that was not registered\nhelp: ")?;
    match nearest(class, &classes) {
        Some(near) => write!(f, "did you mean `{near}`? that is registered"),
        None => write!(f, "read the model by `from_config_with` or `load_with`, with `CustomObjects::new().layer::<{class}>()`"),
    }
}
