//! Arguments of operations: numbers as they were written, lists of places, and words.

use serde_json::{Value, json};

use super::number::{MOST_AXES, size_value};
use super::{Argument, Mismatch, Size, choose};
use crate::dim::Dim;

/// No whole number that an operation takes is further from 0.
const LARGEST: i64 = u32::MAX as i64;

/// A number as it was written: Keras tells 1 from 1.0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar {
    /// Without a point.
    Whole(i32),
    /// With one.
    Decimal(f64),
}

impl Scalar {
    /// The number.
    #[must_use]
    pub fn get(self) -> f64 {
        match self {
            Self::Whole(number) => number.into(),
            Self::Decimal(number) => number,
        }
    }
}

impl Argument for Scalar {
    const EXPECTED: &'static str = "a number";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let whole = value.as_i64().and_then(|number| i32::try_from(number).ok()).map(Self::Whole);
        let decimal = || value.as_f64().filter(|number| number.is_finite()).map(Self::Decimal);
        whole.or_else(decimal).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Whole(number) => json!(number),
            Self::Decimal(number) => json!(number),
        }
    }
}

/// A whole number, which may be below 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole(pub i64);

impl Argument for Whole {
    const EXPECTED: &'static str = "a whole number";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        whole(value).map(Self).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        json!(self.0)
    }
}

fn whole(value: &Value) -> Option<i64> {
    value.as_i64().filter(|number| (-LARGEST..=LARGEST).contains(number))
}

/// One whole number, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wholes {
    /// The numbers.
    pub list: Vec<i64>,
    /// Whether it was one number, and no list.
    pub is_single: bool,
}

impl Wholes {
    fn read(value: &Value, most: usize) -> Option<Self> {
        // What Keras writes for an array of NumPy.
        let array = value.get("class_name").filter(|class| *class == "__numpy__").and_then(|_| value.get("config")?.get("value"));
        match array.unwrap_or(value) {
            Value::Array(items) if items.len() <= most => {
                let list: Option<Vec<i64>> = items.iter().map(whole).collect();
                list.map(|list| Self { list, is_single: false })
            }
            single => whole(single).map(|number| Self { list: vec![number], is_single: true }),
        }
    }
}

impl Argument for Wholes {
    const EXPECTED: &'static str = "a whole number, or a list of them";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        Self::read(value, MOST_AXES).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        match self.list.as_slice() {
            [single] if self.is_single => json!(single),
            list => json!(list),
        }
    }
}

/// How often something is repeated: a number, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeats(pub Wholes);

impl Repeats {
    /// The numbers.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.list.iter().map(|&times| usize::try_from(times).unwrap_or_default())
    }
}

impl Argument for Repeats {
    const EXPECTED: &'static str = "a whole number of at least 1, or a list of them";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let read = Wholes::read(value, MOST_LISTED).filter(|wholes| !wholes.list.is_empty());
        let is_fit = |wholes: &Wholes| wholes.list.iter().all(|&times| times >= 0) && wholes.list.iter().any(|&times| times > 0);
        read.filter(is_fit).map(Self).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        self.0.to_value()
    }
}

/// The most places that are listed.
const MOST_LISTED: usize = 10_000;

/// Places along an axis: those of a tensor that the call is given, one place, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Indices(pub Option<Wholes>);

impl Argument for Indices {
    const EXPECTED: &'static str = "a place, a list of places, or a tensor of them";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if value.is_null() {
            return Ok(Self(None));
        }
        let read = Wholes::read(value, MOST_LISTED).filter(|wholes| !wholes.list.is_empty());
        read.map(|wholes| Self(Some(wholes))).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        self.0.as_ref().map_or(Value::Null, Wholes::to_value)
    }
}

/// How a tensor is cut along an axis: into so many equal parts, or before the places of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sections {
    /// Into so many equal parts.
    Equal(usize),
    /// Before these places.
    Before(Vec<usize>),
}

impl Argument for Sections {
    const EXPECTED: &'static str = "a number of parts, or a list of the places that they begin at, each behind the one before";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let read = Wholes::read(value, 254).and_then(|wholes| {
            let places: Option<Vec<usize>> = wholes.list.iter().map(|&place| usize::try_from(place).ok()).collect();
            let places = places.filter(|places| places.iter().all(|&place| place > 0) && !places.is_empty())?;
            let in_order = places.is_sorted_by(|a, b| a < b);
            match (places.as_slice(), wholes.is_single) {
                ([parts], true) => (*parts <= 254).then_some(Self::Equal(*parts)),
                (_, _) => in_order.then_some(Self::Before(places)),
            }
        });
        read.ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Equal(parts) => json!(parts),
            Self::Before(places) => json!(places),
        }
    }
}

/// How much is put before and behind each axis, the batch's first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PadWidth(pub Vec<[usize; 2]>);

impl Argument for PadWidth {
    const EXPECTED: &'static str = "a list of pairs, one for each axis, the batch's `[0, 0]` first";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let pair = |value: &Value| {
            let ends = Wholes::read(value, 2).filter(|ends| ends.list.len() == 2)?;
            let ends: Option<Vec<usize>> = ends.list.iter().map(|&end| usize::try_from(end).ok()).collect();
            ends?.try_into().ok()
        };
        let items = value.as_array().filter(|items| (1..=MOST_AXES).contains(&items.len()));
        let pairs: Option<Vec<[usize; 2]>> = items.and_then(|items| items.iter().map(pair).collect());
        pairs.map(Self).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        json!(self.0)
    }
}

/// What is put around a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PadMode {
    /// One number.
    Constant,
    /// The element at the edge.
    Edge,
    /// What lies within, mirrored at the edge's element.
    Reflect,
    /// What lies within, mirrored behind the edge's element.
    Symmetric,
}

impl PadMode {
    const NAMED: [(&'static str, Self); 4] =
        [("constant", Self::Constant), ("edge", Self::Edge), ("reflect", Self::Reflect), ("symmetric", Self::Symmetric)];
}

impl Argument for PadMode {
    const EXPECTED: &'static str = "`\"constant\"`, `\"edge\"`, `\"reflect\"` or `\"symmetric\"`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        choose(value, &Self::NAMED, Self::EXPECTED)
    }

    fn to_value(&self) -> Value {
        Value::from(Self::NAMED.iter().find(|(_, mode)| mode == self).map_or("", |(name, _)| *name))
    }
}

/// A shape that a tensor is stretched to, the batch first, which is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StretchedShape(pub Vec<Dim>);

impl Argument for StretchedShape {
    const EXPECTED: &'static str = "a list of sizes, the batch first, which is `None`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let mismatch = Mismatch::Expected(Self::EXPECTED);
        let items = value.as_array().filter(|items| items.len() <= MOST_AXES).ok_or(mismatch.clone())?;
        let Some((Value::Null, sample)) = items.split_first() else { return Err(mismatch) };
        let sizes: Option<Vec<Dim>> = sample.iter().map(|size| Size::from_value(size).ok().map(|size| size.0)).collect();
        sizes.map(Self).ok_or(mismatch)
    }

    fn to_value(&self) -> Value {
        std::iter::once(Value::Null).chain(self.0.iter().map(size_value)).collect()
    }
}

/// Which length of vectors is meant: the sum of the elements' powers, to the inverse power.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NormOrder {
    /// 2, of one axis or of two.
    Frobenius,
    /// A power.
    Power(Scalar),
}

impl NormOrder {
    /// The power.
    #[must_use]
    pub fn power(self) -> f64 {
        match self {
            Self::Frobenius => 2.0,
            Self::Power(power) => power.get(),
        }
    }
}

impl Argument for NormOrder {
    const EXPECTED: &'static str = "a number of at least 1, or `\"fro\"`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if value == "fro" {
            return Ok(Self::Frobenius);
        }
        let power = Scalar::from_value(value).ok().filter(|power| power.get() >= 1.0);
        power.map(Self::Power).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Frobenius => Value::from("fro"),
            Self::Power(power) => power.to_value(),
        }
    }
}

/// A contraction of two tensors: `"bij,bjk->bik"`, `"...ij,...jk->...ik"`. Each letter is one of two of the three terms at least, and the first
/// of all terms is the batch, or `...`, of which the batch is the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    text: String,
    /// The letters of the two tensors and of the result, without the batch where it has a letter.
    pub letters: [Vec<u8>; 3],
    /// Whether each begins with the axes that `...` stands for, the batch the first of them.
    pub is_open: bool,
}

impl Terms {
    fn read(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(|sign| *sign != ' ').collect();
        let (inputs, output) = plain.split_once("->")?;
        let (first, second) = inputs.split_once(',')?;
        let is_open = first.starts_with("...");
        let mut batch = None;
        let mut terms = Vec::new();
        for term in [first, second, output] {
            let letters = if is_open { term.strip_prefix("...")? } else { term }.as_bytes();
            let is_fit = |(place, letter): (usize, &u8)| {
                letter.is_ascii_alphabetic() && !letters.get(..place).unwrap_or_default().contains(letter)
            };
            if letters.len() >= MOST_AXES / 2 || !letters.iter().enumerate().all(is_fit) {
                return None;
            }
            let own = match is_open {
                true => letters,
                false => {
                    let (own, rest) = letters.split_first()?;
                    if *batch.get_or_insert(*own) != *own {
                        return None;
                    }
                    rest
                }
            };
            terms.push(own.to_vec());
        }
        let letters: [Vec<u8>; 3] = terms.try_into().ok()?;
        let twice = |letter: &u8| letters.iter().filter(|term| term.contains(letter)).count() >= 2;
        let is_whole = letters.iter().flatten().all(twice);
        is_whole.then(|| Self { text: text.to_owned(), letters, is_open })
    }
}

impl Argument for Terms {
    const EXPECTED: &'static str = "an equation of two tensors whose first axes are the batch, such as `\"bij,bjk->bik\"`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        value.as_str().and_then(Self::read).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        Value::from(self.text.as_str())
    }
}
