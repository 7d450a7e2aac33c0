//! What is wrong with a layer's arguments, and what to do about it.

use std::fmt::{self, Display};

use serde_json::Value;

use super::words::{choices, cut, list, there_are};
use crate::argument::{Activation, size_of_constants, source};
use crate::keras;
use crate::problem::ArgumentProblem;

/// A layer whose arguments make no layer.
#[derive(Clone, Debug, PartialEq)]
pub struct ArgumentError {
    /// The layer's class.
    pub class: String,
    /// What is wrong.
    pub problem: ArgumentProblem,
}

impl Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = &self.class;
        match &self.problem {
            ArgumentProblem::Missing { argument, expected } => {
                write!(f, "`{class}` needs `{argument}`, {expected}\nhelp: write `{class}({argument} = ..)`")
            }
            ArgumentProblem::Unknown { argument, valid } if valid.is_empty() => {
                let help = format!("it takes no arguments but `name` and `trainable`: `{class}()`");
                write!(f, "`{class}` has no argument `{argument}`\nhelp: {help}")
            }
            ArgumentProblem::Unknown { argument, valid } => {
                write!(f, "`{class}` has no argument `{argument}`\nhelp: {}", choices(argument, valid))
            }
            ArgumentProblem::Twice { argument } => {
                write!(f, "`{class}` is given `{argument}` twice\nhelp: keep one of them")
            }
            ArgumentProblem::TooMany { most: 0, found } => {
                write!(
                    f,
                    "`{class}` takes no arguments without a name, found {found}\nhelp: leave them out, `{class}()`: tensors go into a second pair of parentheses"
                )
            }
            ArgumentProblem::TooMany { most, found } => {
                write!(
                    f,
                    "`{class}` takes at most {most} arguments, found {found}\nhelp: the tensors go into a second pair of parentheses: `{class}(..)(x)`"
                )
            }
            ArgumentProblem::Value { argument, expected, found, near } => {
                let help = value_help(argument, expected, found, near.as_ref());
                write!(f, "`{class}` needs `{argument}` to be {expected}, found `{}`\nhelp: {help}", shown(found))
            }
            ArgumentProblem::Inside { argument, key, expected, found } => {
                write!(f, "`{class}` has a `{argument}` with `{key}` {}, expected {expected}", shown(found))
            }
            ArgumentProblem::Choice { argument, choices: valid, found } => {
                let written = found.as_str().map_or_else(|| shown(found), |text| cut(text, MOST_SHOWN).into_owned());
                // Where not all activations can stand, the nearest is none that was meant.
                let is_elsewhere = Activation::ALL.iter().any(|activation| activation.name() == written);
                let help = match is_elsewhere {
                    true => format!("here there are {}", list(valid)),
                    false if argument.ends_with("activation") && written == "glu" => {
                        "it halves an axis, so that it stands by itself: write `ops::glu(x)` behind the layer".to_owned()
                    }
                    false if argument.ends_with("activation") && written == "threshold" => {
                        "it goes by two numbers, so that it stands by itself: write `ops::threshold(x, 1.0, 0.0)` behind the layer"
                            .to_owned()
                    }
                    false if is_absent(argument, &written) => {
                        format!("that of Keras is not supported yet: {}", there_are(valid))
                    }
                    false => choices(&written, valid),
                };
                write!(f, "`{class}` knows no `{argument}` called `{written}`\nhelp: {help}")
            }
        }
    }
}

impl std::error::Error for ArgumentError {}

/// The most letters of a value that are shown.
const MOST_SHOWN: usize = 200;

/// A value as far as it can be read at a glance.
fn shown(value: &Value) -> String {
    cut(&source(value), MOST_SHOWN).into_owned()
}

/// Whether Keras has a function of this name, of those that there are not (yet).
fn is_absent(argument: &str, name: &str) -> bool {
    argument.ends_with("initializer") && keras::written(keras::INITIALIZERS, name).is_some()
}

/// How a value that is not accepted should be written.
fn value_help(argument: &str, expected: &str, found: &Value, near: Option<&Value>) -> String {
    if size_of_constants(found).is_some() {
        let text = source(found);
        return format!(
            "declare it within the macro, `const {text}: .. = ..;`: outside, the compiler alone sees the value of `{text}`"
        );
    }
    if expected.contains("supported") {
        return format!("leave `{argument}` out");
    }
    let Some(near) = near else { return format!("write `{argument} = ..` with {expected}") };
    let is_text_of_it = found.as_str().is_some_and(|text| text.trim().parse::<f64>().ok() == near.as_f64());
    match shown(near) {
        near if is_text_of_it => format!("write `{near}`, without quotes"),
        text if found.is_f64() && found.as_f64() == near.as_f64() => format!("write `{text}`, without a point"),
        _ if near.as_u64() == Some(u32::MAX.into()) => format!("sizes are at most {near}"),
        near => format!("write `{argument} = {near}`, the nearest round value in that range"),
    }
}
