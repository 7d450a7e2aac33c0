//! Arguments of layers that change images by chance.

use serde_json::{Value, json};

use super::{Argument, Mismatch, choose};

/// How images are turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlipMode {
    /// Upside down.
    pub vertical: bool,
    /// Mirrored.
    pub horizontal: bool,
}

impl Argument for FlipMode {
    const EXPECTED: &'static str = "`\"horizontal\"`, `\"vertical\"` or `\"horizontal_and_vertical\"`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let choices = [
            ("horizontal", Self { vertical: false, horizontal: true }),
            ("vertical", Self { vertical: true, horizontal: false }),
            ("horizontal_and_vertical", Self { vertical: true, horizontal: true }),
        ];
        choose(value, &choices, Self::EXPECTED)
    }

    fn to_value(&self) -> Value {
        Value::from(match (self.vertical, self.horizontal) {
            (false, _) => "horizontal",
            (true, false) => "vertical",
            (true, true) => "horizontal_and_vertical",
        })
    }
}

/// Two numbers of a list, the smaller first.
fn pair(value: &Value) -> Option<[f64; 2]> {
    let [first, second] = value.as_array()?.as_slice() else { return None };
    let (first, second) = (first.as_f64()?, second.as_f64()?);
    Some([first.min(second), first.max(second)])
}

/// Declares an argument that is a pair of numbers within bounds.
macro_rules! pair_within {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $read:expr, $within:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name(pub [f64; 2]);

        impl Argument for $name {
            const EXPECTED: &'static str = $expected;

            fn from_value(value: &Value) -> Result<Self, Mismatch> {
                let read: fn(&Value) -> Option<[f64; 2]> = $read;
                let within: fn([f64; 2]) -> bool = $within;
                let numbers = read(value).filter(|numbers| numbers.iter().all(|number| number.is_finite()) && within(*numbers));
                numbers.map(Self).ok_or(Mismatch::Expected(Self::EXPECTED))
            }

            fn to_value(&self) -> Value {
                json!(self.0)
            }
        }
    };
}

pair_within!(
    /// What a number is between that is added to images, in units of their range.
    BrightnessFactor,
    "a number from -1 to 1, or two of them",
    |value| value.as_f64().map(|number| [-number.abs(), number.abs()]).or_else(|| pair(value)),
    |[low, high]| -1.0 <= low && high <= 1.0
);
pair_within!(
    /// How far below and above 1 a number may be that contrasts are multiplied with.
    ContrastFactor,
    "a number from 0 to 1, or two of them",
    |value| value.as_f64().map(|number| [0.0, number]).or_else(|| pair(value)),
    |[low, high]| 0.0 <= low && low <= high && high <= 1.0
);
pair_within!(
    /// The least and the largest value of an image.
    ValueRange,
    "the least and the largest value of an image",
    pair,
    |[least, largest]| least < largest
);
