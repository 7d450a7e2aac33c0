//! Parts of a text that stand one behind the other, joined.

use model_core::arguments::{self, Argument};
use serde_json::Value;

/// How many parts of a text are joined to a token: `2` for each part and each two that stand one behind the other, `[1, 3]` for those numbers of
/// parts and no others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ngrams(Widths);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Widths {
    UpTo(usize),
    Of(Vec<usize>),
}

impl From<usize> for Ngrams {
    fn from(most: usize) -> Self {
        Self(Widths::UpTo(most))
    }
}

impl<const N: usize> From<[usize; N]> for Ngrams {
    fn from(widths: [usize; N]) -> Self {
        Self(Widths::Of(widths.to_vec()))
    }
}

impl From<Vec<usize>> for Ngrams {
    fn from(widths: Vec<usize>) -> Self {
        Self(Widths::Of(widths))
    }
}

impl Ngrams {
    /// Whether there is a width, and none is 0.
    pub(super) fn is_valid(&self) -> bool {
        match &self.0 {
            Widths::UpTo(most) => *most > 0,
            Widths::Of(widths) => !widths.is_empty() && !widths.contains(&0),
        }
    }

    /// Gives the tokens: all of the first width, then those of the next.
    pub(super) fn apply(&self, parts: &[&str], mut take: impl FnMut(&str)) {
        let mut of_width = |width: usize| parts.windows(width).for_each(|parts| take(&parts.join(" ")));
        match &self.0 {
            Widths::UpTo(most) => (1..=(*most).min(parts.len())).for_each(of_width),
            Widths::Of(widths) => widths.iter().copied().for_each(&mut of_width),
        }
    }
}

impl Argument for Ngrams {
    const EXPECTED: &'static str = "a whole number or a list of them";
    const OR_NULL: &'static str = "a whole number, a list of them, or null";

    fn write(&self) -> Value {
        match &self.0 {
            Widths::UpTo(most) => (*most).into(),
            Widths::Of(widths) => widths.as_slice().into(),
        }
    }

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Array(_) => arguments::list(value).map(|widths| Self(Widths::Of(widths))),
            _ => usize::read(value).map(Self::from),
        }
    }
}
