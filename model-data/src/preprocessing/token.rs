//! What vocabularies are of: texts and whole numbers.

use std::borrow::{Borrow, Cow};
use std::fmt::Debug;
use std::hash::Hash;

use model_core::arguments::Argument;

mod sealed {
    pub trait Sealed {}
    impl Sealed for String {}
    impl Sealed for i64 {}
}

/// What a vocabulary is of: `String` or `i64`.
pub trait Token:
    sealed::Sealed + Argument + Borrow<Self::Borrowed> + Clone + Debug + Eq + Hash + Ord + Send + Sync + 'static
{
    /// A token that is looked at: `str` or `i64`.
    type Borrowed: ?Sized + Eq + Hash + ToOwned<Owned = Self>;

    /// Keras's name of the lookup.
    #[doc(hidden)]
    const CLASS: &'static str;

    /// What Keras has for tokens that are not in the vocabulary.
    #[doc(hidden)]
    fn unknown() -> Self;

    /// What is hashed of a token.
    #[doc(hidden)]
    fn bytes(token: &Self::Borrowed) -> Cow<'_, [u8]>;

    /// The token as a number, if it is one.
    #[doc(hidden)]
    fn number(token: &Self::Borrowed) -> Option<i64>;

    /// The token that a line of a file stands for.
    #[doc(hidden)]
    fn of_line(line: &str) -> Option<Self>;

    /// The token in a message, not at any length.
    #[doc(hidden)]
    fn shown(token: &Self::Borrowed) -> String;
}

impl Token for String {
    type Borrowed = str;

    const CLASS: &'static str = "StringLookup";

    fn unknown() -> Self {
        "[UNK]".to_owned()
    }

    fn bytes(token: &str) -> Cow<'_, [u8]> {
        Cow::Borrowed(token.as_bytes())
    }

    fn number(_: &str) -> Option<i64> {
        None
    }

    fn of_line(line: &str) -> Option<Self> {
        Some(line.to_owned())
    }

    fn shown(token: &str) -> String {
        const LONGEST: usize = 40;
        match token.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("`{}..`", &token[..end]),
            None => format!("`{token}`"),
        }
    }
}

impl Token for i64 {
    type Borrowed = i64;

    const CLASS: &'static str = "IntegerLookup";

    fn unknown() -> Self {
        -1
    }

    fn bytes(token: &i64) -> Cow<'_, [u8]> {
        Cow::Owned(token.to_string().into_bytes())
    }

    fn number(token: &i64) -> Option<i64> {
        Some(*token)
    }

    fn of_line(line: &str) -> Option<Self> {
        line.trim().parse().ok()
    }

    fn shown(token: &i64) -> String {
        format!("`{token}`")
    }
}
