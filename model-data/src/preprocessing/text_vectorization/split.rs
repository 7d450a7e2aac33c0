//! How a text is taken apart.

use std::fmt::{self, Debug};
use std::sync::Arc;

/// What takes a text apart.
type SplitFunction = dyn Fn(&str) -> Vec<String> + Send + Sync;

/// How a text is taken apart.
#[derive(Clone)]
pub enum Split {
    /// At ASCII's white space, however much of it there is in one place.
    Whitespace,
    /// Into its characters.
    Character,
    /// By a function of one's own, which [`own`](Self::own) makes.
    Own {
        /// The name that files have.
        name: String,
        /// The function.
        function: Arc<SplitFunction>,
    },
}

impl Split {
    /// A function of one's own, of one text at a time, by a name that files have.
    pub fn own(name: impl Into<String>, function: impl Fn(&str) -> Vec<String> + Send + Sync + 'static) -> Self {
        Self::Own { name: name.into(), function: Arc::new(function) }
    }

    pub(super) const WORDS: [(&'static str, Self); 2] = [("whitespace", Self::Whitespace), ("character", Self::Character)];

    /// Gives the parts of a text to what takes them.
    pub(super) fn apply<R>(&self, text: &str, take: impl FnOnce(&[&str]) -> R) -> R {
        match self {
            Self::Whitespace => take(&text.split(is_whitespace).filter(|part| !part.is_empty()).collect::<Vec<_>>()),
            Self::Character => take(&text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()]).collect::<Vec<_>>()),
            Self::Own { function, .. } => {
                let parts = function(text);
                take(&parts.iter().map(String::as_str).collect::<Vec<_>>())
            }
        }
    }
}

/// C's white space, which has the vertical tab besides Rust's of ASCII.
fn is_whitespace(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

impl Debug for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whitespace => "Whitespace",
            Self::Character => "Character",
            Self::Own { name, .. } => name,
        })
    }
}
