//! Contractions as they are written: `"abc,cd->abd"`.

use serde_json::Value;

use super::number::{MOST_AXES, size_value};
use super::{Argument, Mismatch, Size};

/// Where the axes stand that `...` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dots {
    /// There are none.
    None,
    /// Before those with letters, the batch among them.
    First,
    /// Behind them.
    Last,
}

/// A contraction of a tensor with a kernel: `"abc,cd->abd"`, `"...x,xy->...y"`, `"ab...,bc->ac..."`. The first axis is the batch, which
/// the kernel has not; a letter stands for the same size wherever it is, and each axis of the kernel is one of the input or the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equation {
    text: String,
    /// The letters of the input.
    pub input: Vec<u8>,
    /// Those of the kernel.
    pub kernel: Vec<u8>,
    /// Those of the output.
    pub output: Vec<u8>,
    /// Where other axes of input and output stand.
    pub dots: Dots,
}

const DOTS: &str = "...";

impl Equation {
    fn read(text: &str) -> Option<Self> {
        let (inputs, output) = text.split_once("->")?;
        let (input, kernel) = inputs.split_once(',')?;
        let (input, output, dots) = match (input.strip_prefix(DOTS), input.strip_suffix(DOTS)) {
            (Some(input), None) => (input, output.strip_prefix(DOTS)?, Dots::First),
            (None, Some(input)) => (input, output.strip_suffix(DOTS)?, Dots::Last),
            (None, None) => (input, output, Dots::None),
            (Some(_), Some(_)) => return None,
        };
        let letters = |term: &str| {
            let is_fit =
                |(place, letter): (usize, u8)| letter.is_ascii_alphabetic() && !term.as_bytes()[..place].contains(&letter);
            let is_short = !term.is_empty() && term.len() < MOST_AXES / 2;
            (is_short && term.bytes().enumerate().all(is_fit)).then(|| term.as_bytes().to_vec())
        };
        let (input, kernel, output) = (letters(input)?, letters(kernel)?, letters(output)?);
        let each_in =
            |letters: &[u8], others: [&[u8]; 2]| letters.iter().all(|letter| others.iter().any(|of| of.contains(letter)));
        let is_whole =
            each_in(&kernel, [&input, &output]) && each_in(&output, [&input, &kernel]) && each_in(&input, [&kernel, &output]);
        let keeps_batch = dots == Dots::First || (input.first() == output.first() && !kernel.contains(input.first()?));
        (is_whole && keeps_batch).then(|| Self { text: text.to_owned(), input, kernel, output, dots })
    }

    /// How many axes have letters in input and output, without the batch.
    #[must_use]
    pub fn lettered(&self) -> [usize; 2] {
        let batch = usize::from(self.dots != Dots::First);
        [self.input.len().saturating_sub(batch), self.output.len().saturating_sub(batch)]
    }
}

impl Argument for Equation {
    const EXPECTED: &'static str =
        "an equation that keeps the batch, its first axis, such as `\"abc,cd->abd\"` or `\"...c,cd->...d\"`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        value.as_str().and_then(Self::read).ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        Value::from(self.text.as_str())
    }
}

/// Letters of an equation, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letters(pub String);

impl Argument for Letters {
    const EXPECTED: &'static str = "letters of the equation's output, each once";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let is_fit = |text: &&str| {
            let bytes = text.as_bytes();
            let is_new = |(place, letter): (usize, &u8)| letter.is_ascii_alphabetic() && !bytes[..place].contains(letter);
            !bytes.is_empty() && bytes.len() < MOST_AXES && bytes.iter().enumerate().all(is_new)
        };
        let text = value.as_str().filter(is_fit).ok_or(Mismatch::Expected(Self::EXPECTED))?;
        Ok(Self(text.to_owned()))
    }

    fn to_value(&self) -> Value {
        Value::from(self.0.as_str())
    }
}

/// Sizes of an output, without the batch: one, or a list of them, `None` where a size follows from the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartialShape(pub Vec<Option<Size>>);

impl Argument for PartialShape {
    const EXPECTED: &'static str = "a size of at least 1, or a list of sizes and `None`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let mismatch = Mismatch::Expected(Self::EXPECTED);
        let items = match value {
            Value::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        let read = |item: &Value| Option::<Size>::from_value(item).map_err(|_| mismatch.clone());
        let is_fit = items.len() <= MOST_AXES && !value.is_null();
        if is_fit { items.iter().map(read).collect::<Result<_, _>>().map(Self) } else { Err(mismatch) }
    }

    fn to_value(&self) -> Value {
        self.0.iter().map(|size| size.as_ref().map_or(Value::Null, |size| size_value(&size.0))).collect()
    }
}
