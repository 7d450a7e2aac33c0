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

/// What stands beyond the borders of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FillMode {
    /// One value.
    Constant,
    /// The image reflected: `d c b a | a b c d | d c b a`.
    Reflect,
    /// The image again: `a b c d | a b c d | a b c d`.
    Wrap,
    /// The nearest pixel: `a a a a | a b c d | d d d d`.
    Nearest,
}

impl Argument for FillMode {
    const EXPECTED: &'static str = "`\"reflect\"`, `\"wrap\"`, `\"constant\"` or `\"nearest\"`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let choices =
            [("reflect", Self::Reflect), ("wrap", Self::Wrap), ("constant", Self::Constant), ("nearest", Self::Nearest)];
        choose(value, &choices, Self::EXPECTED)
    }

    fn to_value(&self) -> Value {
        Value::from(match self {
            Self::Constant => "constant",
            Self::Reflect => "reflect",
            Self::Wrap => "wrap",
            Self::Nearest => "nearest",
        })
    }
}

/// How a pixel follows from those around the place that it is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// It is the nearest one.
    Nearest,
    /// It is a mean of the four around, weighted by their nearness.
    Bilinear,
}

impl Argument for Sampling {
    const EXPECTED: &'static str = "`\"nearest\"` or `\"bilinear\"`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        choose(value, &[("nearest", Self::Nearest), ("bilinear", Self::Bilinear)], Self::EXPECTED)
    }

    fn to_value(&self) -> Value {
        Value::from(match self {
            Self::Nearest => "nearest",
            Self::Bilinear => "bilinear",
        })
    }
}

/// Two numbers of a list, the smaller first.
fn pair(value: &Value) -> Option<[f64; 2]> {
    let [first, second] = value.as_array()?.as_slice() else { return None };
    let (first, second) = (first.as_f64()?, second.as_f64()?);
    Some([first.min(second), first.max(second)])
}

/// What is between a number and the same below 0.
fn around_zero(number: f64) -> [f64; 2] {
    [-number.abs(), number.abs()]
}

/// Two numbers, or one for what is between it and the same below 0.
fn signed(value: &Value) -> Option<[f64; 2]> {
    value.as_f64().map(around_zero).or_else(|| pair(value))
}

/// Declares an argument that is a pair of numbers, how it is read and within what bounds, and how it is written.
macro_rules! pair_within {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $read:expr, $within:expr, $write:expr) => {
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
                let write: fn([f64; 2]) -> Value = $write;
                write(self.0)
            }
        }
    };
}

pair_within!(
    /// Between what a number is drawn, from -1 to 1: two, or one for what is between it and the same below 0.
    SignedFactor,
    "a number from -1 to 1, or two of them",
    signed,
    |[low, high]| -1.0 <= low && high <= 1.0,
    |numbers| json!(numbers)
);
pair_within!(
    /// Between what an angle is drawn, from -1 to 1 full turns: two, or one for what is between it and the same below 0.
    TurnFactor,
    "a part of a full turn from -1 to 1, not degrees, or two of them",
    signed,
    |[low, high]| -1.0 <= low && high <= 1.0,
    |numbers| json!(numbers)
);
pair_within!(
    /// Between what a number is drawn, above -1 and up to 1: two, or one for what is between it and the same below 0.
    ZoomFactor,
    "a number above -1 and up to 1, or two of them",
    |value| {
        let above = |number: &f64| -1.0 < *number;
        value.as_f64().filter(above).map(around_zero).or_else(|| pair(value).filter(|[low, _]| above(low)))
    },
    |[_, high]| high <= 1.0,
    // Of 1 the pair would have a -1, which it may not.
    |[low, high]| if low == -high { json!(high) } else { json!([low, high]) }
);
pair_within!(
    /// Between what a number is drawn, from 0 to 1: two, or one for what is between 0 and it.
    UnitFactor,
    "a number from 0 to 1, or two of them",
    |value| value.as_f64().map(|number| [0.0, number]).or_else(|| pair(value)),
    |[low, high]| 0.0 <= low && low <= high && high <= 1.0,
    |numbers| json!(numbers)
);
pair_within!(
    /// The least and the largest value of an image.
    ValueRange,
    "the least and the largest value of an image",
    pair,
    |[least, largest]| least < largest,
    |numbers| json!(numbers)
);

#[cfg(test)]
mod tests {
    use super::*;

    /// What values are read as, and that they are written so that they are read as the same.
    fn check<T: Argument + PartialEq + std::fmt::Debug>(values: &[Value], expected: &[Option<T>]) {
        for (value, expected) in values.iter().zip(expected) {
            let read = T::from_value(value).ok();
            assert_eq!(&read, expected, "{value}");
            let written = read.map(|read| (T::from_value(&read.to_value()).ok(), read));
            assert!(written.is_none_or(|(again, read)| again == Some(read)), "{value}");
        }
    }

    #[test]
    fn factors_are_read_as_keras_reads_them() {
        let values =
            [json!(0.5), json!(-0.5), json!([0.5, -1.0]), json!([0.25, 0.5]), json!(1), json!(-1), json!(1.5), json!([0.5])];
        let (half, wide, upper) = ([-0.5, 0.5], [-1.0, 0.5], [0.25, 0.5]);
        let signed = [Some(half), Some(half), Some(wide), Some(upper), Some([-1.0, 1.0]), Some([-1.0, 1.0]), None, None];
        check(&values, &signed.map(|numbers| numbers.map(SignedFactor)));
        check(&values, &signed.map(|numbers| numbers.map(TurnFactor)));
        let zoom = [Some(half), Some(half), None, Some(upper), Some([-1.0, 1.0]), None, None, None];
        check(&values, &zoom.map(|numbers| numbers.map(ZoomFactor)));
        let unit = [Some([0.0, 0.5]), None, None, Some(upper), Some([0.0, 1.0]), None, None, None];
        check(&values, &unit.map(|numbers| numbers.map(UnitFactor)));
    }
}
