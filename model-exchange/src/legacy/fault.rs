//! What of an old document cannot be read, all of it, and the words for it.

use std::fmt;

use model_graph::config::{ConfigError, ConfigProblem, Origin};
use model_graph::message::{brief, short};
use serde_json::Value;

use super::MOST_FAULTS;

/// A document of an older Keras that has parts which no layer of today can be.
#[derive(Clone, Debug, PartialEq)]
pub struct LegacyError {
    /// What has written it.
    pub origin: Origin,
    /// Every part that cannot be read, in the order of the document.
    pub faults: Vec<Fault>,
}

/// A part that cannot be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The names of the models and the layer where it is, from the outside in; empty for the document itself.
    pub place: Vec<String>,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// A layer computed what no layer does now.
    Layer {
        /// Its class.
        class: String,
        /// Why it cannot be read.
        reason: &'static str,
        /// What to do.
        help: &'static str,
    },
    /// An argument asks for what no layer does now.
    Argument {
        /// The layer's class.
        class: String,
        /// The argument, as the document spells it.
        argument: String,
        /// What it is set to.
        found: Value,
        /// Why it cannot be read.
        reason: &'static str,
        /// What to do.
        help: &'static str,
    },
    /// What is wrong with a document of today, too.
    Config(ConfigProblem),
}

/// Adds a fault, unless there are too many.
pub(super) fn tell(faults: &mut Vec<Fault>, place: &[String], problem: Problem) {
    if faults.len() < MOST_FAULTS {
        faults.push(Fault { place: place.to_vec(), problem });
    }
}

impl From<ConfigProblem> for Problem {
    fn from(problem: ConfigProblem) -> Self {
        Self::Config(problem)
    }
}

impl fmt::Display for LegacyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = match self.faults.len() {
            1 => "part",
            MOST_FAULTS => "parts and more",
            _ => "parts",
        };
        write!(f, "the document is a model of {}, with {} {parts} that cannot be read", self.origin, self.faults.len())?;
        self.faults.iter().try_for_each(|fault| write!(f, "\n{fault}"))
    }
}

impl std::error::Error for LegacyError {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Problem::Config(problem) = &self.problem {
            return ConfigError { place: self.place.clone(), problem: problem.clone() }.fmt(f);
        }
        match self.place.iter().map(|name| short(name)).collect::<Vec<_>>().join("/") {
            place if place.is_empty() => f.write_str("the document ")?,
            place => write!(f, "`{place}` ")?,
        }
        match &self.problem {
            Problem::Layer { class, reason, help } => write!(f, "is of class `{}`, {reason}\nhelp: {help}", short(class)),
            Problem::Argument { class, argument, found, reason, help } => {
                let (class, argument) = (short(class), short(argument));
                write!(f, "is a `{class}` with `{argument}` {}, {reason}\nhelp: {help}", brief(found))
            }
            Problem::Config(_) => Ok(()),
        }
    }
}
