//! Arguments of layers that put numbers into bins.

use serde_json::{Value, json};

use super::number::numbers;
use super::{Argument, Mismatch, OutputMode, choose};

/// Where bins end and the next ones begin, in order. Two that are equal have an empty bin between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Boundaries(pub Vec<f64>);

impl Argument for Boundaries {
    const EXPECTED: &'static str = "a list of numbers in ascending order";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let given = numbers(value).filter(|given| given.is_sorted());
        given.map(Self).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        json!(self.0)
    }
}

/// How the numbers of bins are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinMode {
    /// As they are.
    Int,
    /// Written out.
    Encoded(OutputMode),
}

impl Argument for BinMode {
    const EXPECTED: &'static str = "`\"int\"`, `\"one_hot\"`, `\"multi_hot\"` or `\"count\"`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let choices = [
            ("int", Self::Int),
            ("one_hot", Self::Encoded(OutputMode::OneHot)),
            ("multi_hot", Self::Encoded(OutputMode::MultiHot)),
            ("count", Self::Encoded(OutputMode::Count)),
        ];
        choose(value, &choices, Self::EXPECTED)
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Int => Value::from("int"),
            Self::Encoded(mode) => mode.to_value(),
        }
    }
}

/// How far what is learnt from a summary of data may be off: the part of the data that one number of the summary stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance(pub f64);

impl Argument for Tolerance {
    const EXPECTED: &'static str = "a number above 0, up to 1";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let number = value.as_f64().filter(|&number| number > 0.0 && number <= 1.0);
        number.map(Self).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        json!(self.0)
    }
}
