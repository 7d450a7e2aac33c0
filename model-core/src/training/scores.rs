//! What an evaluation gives: the loss and the metrics by name.

use std::fmt;
use std::ops::Index;

use crate::error::{Error, Result};

/// The loss and the metrics of a model, by Keras's names: `loss`, `accuracy`, and with several outputs also `age_loss`, `age_accuracy`.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    values: Vec<(String, f64)>,
}

impl Scores {
    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<f64> {
        self.values.iter().find(|(other, _)| other == name).map(|(_, value)| *value)
    }

    /// The loss.
    #[must_use]
    pub fn loss(&self) -> f64 {
        self["loss"]
    }

    /// All names and values, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.values.iter().map(|(name, value)| (name.as_str(), *value))
    }
}

/// The value of a name that is known to be there.
impl Index<&str> for Scores {
    type Output = f64;

    fn index(&self, name: &str) -> &f64 {
        self.values
            .iter()
            .find(|(other, _)| other == name)
            .map_or_else(|| panic!("there is no score `{name}`: {self}"), |(_, value)| value)
    }
}

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, value)) in self.values.iter().enumerate() {
            write!(f, "{}{name}: {}", if i > 0 { " - " } else { "" }, Number(*value))?;
        }
        Ok(())
    }
}

/// A number as Keras reports it: four decimals, or in powers of ten if it is small.
pub(crate) struct Number(pub(crate) f64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0.0 || self.0.abs() > 1e-3 { write!(f, "{:.4}", self.0) } else { write!(f, "{:.4e}", self.0) }
    }
}

impl Scores {
    pub(super) fn new(names: Vec<String>, values: Vec<f64>) -> Self {
        Self { values: names.into_iter().zip(values).collect() }
    }
}

pub(crate) fn check_batch_size(owner: &'static str, batch_size: usize) -> Result<()> {
    if batch_size > 0 {
        return Ok(());
    }
    Err(Error::Argument { owner, argument: "batch_size", expected: "at least 1", found: "0".to_owned() })
}
