//! Arguments that are one of a few words.

use serde_json::Value;

use super::{Argument, Mismatch, choose};

/// How a window meets the border of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// The window stays inside the input.
    Valid,
    /// The input is padded so that `output = ceil(input / stride)`; the odd row or column goes below and to the right.
    Same,
    /// The input is padded at its beginning only, so that no window looks ahead. For sequences.
    Causal,
}

impl Argument for Padding {
    const EXPECTED: &'static str = "`\"valid\"` or `\"same\"`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        choose(value, &[("valid", Self::Valid), ("same", Self::Same)], Self::EXPECTED)
    }

    fn to_value(&self) -> Value {
        Value::from(match self {
            Self::Valid => "valid",
            Self::Same => "same",
            Self::Causal => "causal",
        })
    }
}

/// How a window meets the ends of a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequencePadding(pub Padding);

impl Argument for SequencePadding {
    const EXPECTED: &'static str = "`\"valid\"`, `\"same\"` or `\"causal\"`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let choices = [("valid", Padding::Valid), ("same", Padding::Same), ("causal", Padding::Causal)];
        choose(value, &choices, Self::EXPECTED).map(Self)
    }

    fn to_value(&self) -> Value {
        self.0.to_value()
    }
}

/// How new pixels follow from those around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// Each is its nearest pixel.
    Nearest,
    /// Each is a mean of the four around it, weighted by their nearness.
    Bilinear,
    /// Each follows from the sixteen around it, by a cubic function of their distances along each axis.
    Bicubic,
    /// Each follows from those up to 3 away, by a windowed sine of their distances along each axis.
    Lanczos3,
    /// Each follows from those up to 5 away, by a windowed sine of their distances along each axis.
    Lanczos5,
}

impl Interpolation {
    /// How far away pixels count, along each axis.
    #[must_use]
    pub const fn radius(self) -> u32 {
        match self {
            Self::Nearest => 0,
            Self::Bilinear => 1,
            Self::Bicubic => 2,
            Self::Lanczos3 => 3,
            Self::Lanczos5 => 5,
        }
    }
}

impl Argument for Interpolation {
    const EXPECTED: &'static str = "`\"nearest\"`, `\"bilinear\"`, `\"bicubic\"`, `\"lanczos3\"` or `\"lanczos5\"`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let choices = [
            ("nearest", Self::Nearest),
            ("bilinear", Self::Bilinear),
            ("bicubic", Self::Bicubic),
            ("lanczos3", Self::Lanczos3),
            ("lanczos5", Self::Lanczos5),
        ];
        choose(value, &choices, Self::EXPECTED)
    }

    fn to_value(&self) -> Value {
        Value::from(match self {
            Self::Nearest => "nearest",
            Self::Bilinear => "bilinear",
            Self::Bicubic => "bicubic",
            Self::Lanczos3 => "lanczos3",
            Self::Lanczos5 => "lanczos5",
        })
    }
}

/// What stands around an image that is made larger: one value. It is the only choice there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConstantFill;

impl Argument for ConstantFill {
    const EXPECTED: &'static str = "`\"constant\"`, the only one that Keras has here";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if value == "constant" { Ok(Self) } else { Err(Mismatch::Expected(Self::EXPECTED)) }
    }

    fn to_value(&self) -> Value {
        Value::from("constant")
    }
}

/// How numbers of things are written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputMode {
    /// Each by itself, 1 in its place.
    OneHot,
    /// Those along the last axis together, 1 in the place of each that occurs.
    MultiHot,
    /// Those along the last axis together, how often each occurs in its place.
    Count,
}

impl Argument for OutputMode {
    const EXPECTED: &'static str = "`\"one_hot\"`, `\"multi_hot\"` or `\"count\"`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if value == "binary" {
            return Ok(Self::MultiHot); // Keras's earlier name
        }
        choose(value, &[("one_hot", Self::OneHot), ("multi_hot", Self::MultiHot), ("count", Self::Count)], Self::EXPECTED)
    }

    fn to_value(&self) -> Value {
        Value::from(match self {
            Self::OneHot => "one_hot",
            Self::MultiHot => "multi_hot",
            Self::Count => "count",
        })
    }
}

/// The order of an image's axes: height, width, channels. It is the only one there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelsLast;

impl Argument for ChannelsLast {
    const EXPECTED: &'static str = "`\"channels_last\"`, the only order of axes that is supported";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if value.is_null() || value == "channels_last" { Ok(Self) } else { Err(Mismatch::Expected(Self::EXPECTED)) }
    }

    fn to_value(&self) -> Value {
        Value::from("channels_last")
    }
}

/// An argument of Keras's that can only be left out, or be `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absent;

impl Argument for Absent {
    const EXPECTED: &'static str = "`None`, since this argument is not supported";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if value.is_null() { Ok(Self) } else { Err(Mismatch::Expected(Self::EXPECTED)) }
    }

    fn to_value(&self) -> Value {
        Value::Null
    }
}

/// An argument of Keras's that can only be left out, or be `false`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Off;

impl Argument for Off {
    const EXPECTED: &'static str = "`false`, since this argument is not supported";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if value == false { Ok(Self) } else { Err(Mismatch::Expected(Self::EXPECTED)) }
    }

    fn to_value(&self) -> Value {
        Value::Bool(false)
    }
}

/// An argument of Keras's that asks for what is always so here: it can be left out, or be `None` or false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unneeded;

impl Argument for Unneeded {
    const EXPECTED: &'static str = "`None` or `false`, since there is one way to compute it";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if value.is_null() || value == false { Ok(Self) } else { Err(Mismatch::Expected(Self::EXPECTED)) }
    }

    fn to_value(&self) -> Value {
        Value::Null
    }
}

/// The type of numbers that all is computed in. It is the only choice there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SingleType;

impl Argument for SingleType {
    const EXPECTED: &'static str = "`\"float32\"` or `None`, since there is one type of numbers";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if value == "float32" { Ok(Self) } else { Err(Mismatch::Expected(Self::EXPECTED)) }
    }

    fn to_value(&self) -> Value {
        Value::from("float32")
    }
}

/// How a query and a key make a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoreMode {
    /// By their product.
    Dot,
    /// By the hyperbolic tangents of their sum.
    Concat,
}

impl Argument for ScoreMode {
    const EXPECTED: &'static str = "`\"dot\"` or `\"concat\"`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        choose(value, &[("dot", Self::Dot), ("concat", Self::Concat)], Self::EXPECTED)
    }

    fn to_value(&self) -> Value {
        Value::from(match self {
            Self::Dot => "dot",
            Self::Concat => "concat",
        })
    }
}

/// An argument of Keras's that can only be left out, or be 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zero;

impl Argument for Zero {
    const EXPECTED: &'static str = "`0`, since this argument is not supported";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if value.as_f64() == Some(0.0) { Ok(Self) } else { Err(Mismatch::Expected(Self::EXPECTED)) }
    }

    fn to_value(&self) -> Value {
        Value::from(0.0)
    }
}
