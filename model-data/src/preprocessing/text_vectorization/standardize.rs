//! What is done to a text before it is taken apart.

use std::borrow::Cow;
use std::fmt::{self, Debug};
use std::sync::Arc;

/// What is done to a text before it is taken apart.
#[derive(Clone)]
pub enum Standardize {
    /// ASCII's capital letters become small ones, and its punctuation is left out. As in Keras, other letters stay as they are.
    LowerAndStripPunctuation,
    /// ASCII's capital letters become small ones.
    Lower,
    /// ASCII's punctuation is left out.
    StripPunctuation,
    /// A function of one's own, which [`own`](Self::own) makes.
    Own {
        /// The name that files have.
        name: String,
        /// The function.
        function: Arc<dyn Fn(&str) -> String + Send + Sync>,
    },
}

impl Standardize {
    /// A function of one's own, of one text at a time, by a name that files have.
    pub fn own(name: impl Into<String>, function: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self::Own { name: name.into(), function: Arc::new(function) }
    }

    pub(super) const WORDS: [(&'static str, Self); 3] = [
        ("lower_and_strip_punctuation", Self::LowerAndStripPunctuation),
        ("lower", Self::Lower),
        ("strip_punctuation", Self::StripPunctuation),
    ];

    pub(super) fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let without_punctuation = || text.chars().filter(|c| !c.is_ascii_punctuation());
        Cow::Owned(match self {
            Self::LowerAndStripPunctuation => without_punctuation().map(|c| c.to_ascii_lowercase()).collect(),
            Self::Lower => text.to_ascii_lowercase(),
            Self::StripPunctuation => without_punctuation().collect(),
            Self::Own { function, .. } => function(text),
        })
    }
}

impl Debug for Standardize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LowerAndStripPunctuation => "LowerAndStripPunctuation",
            Self::Lower => "Lower",
            Self::StripPunctuation => "StripPunctuation",
            Self::Own { name, .. } => name,
        })
    }
}
