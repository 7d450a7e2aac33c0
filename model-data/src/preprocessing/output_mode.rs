//! What tokens become.

use model_core::arguments::Argument;
use serde_json::Value;

/// What tokens become: their numbers, or rows with a place for each token of the vocabulary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OutputMode {
    /// The number of each token.
    #[default]
    Int,
    /// For each token a row that has 1 in the token's place, 0 elsewhere.
    OneHot,
    /// For each sample a row that has 1 in the place of each token that occurs.
    MultiHot,
    /// For each sample a row of how often each token occurs.
    Count,
    /// The same, each number multiplied by what the token weighs: the rarer among documents, the more.
    TfIdf,
}

impl OutputMode {
    const WORDS: [(&'static str, Self); 7] = [
        ("int", Self::Int),
        ("one_hot", Self::OneHot),
        ("multi_hot", Self::MultiHot),
        ("count", Self::Count),
        ("tf_idf", Self::TfIdf),
        // Keras's earlier names.
        ("binary", Self::MultiHot),
        ("tf-idf", Self::TfIdf),
    ];

    /// Keras's word.
    pub(super) fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, mode)| *mode == self).map_or("int", |(word, _)| word)
    }
}

impl Argument for OutputMode {
    const EXPECTED: &'static str = "`\"int\"`, `\"one_hot\"`, `\"multi_hot\"`, `\"count\"` or `\"tf_idf\"`";

    fn write(&self) -> Value {
        self.word().into()
    }

    fn read(value: &Value) -> Option<Self> {
        let found = value.as_str()?;
        Self::WORDS.iter().find(|(word, _)| *word == found).map(|(_, mode)| *mode)
    }
}
