//! What can be wrong with vocabularies and what is looked up in them, and its wording.

use std::path::PathBuf;

use model_core::memory::TooLarge;

/// What is wrong, with what was expected and what was found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PreprocessingError {
    /// Nothing has been adapted or given yet.
    #[error("`{class}` has no vocabulary yet\nhelp: adapt it to data, `.adapt(&data)?`, or give it one, `.vocabulary([..])`")]
    NoVocabulary {
        /// Keras's name of the layer.
        class: &'static str,
    },
    /// A vocabulary that was given is not adapted.
    #[error(
        "`{class}` has the vocabulary that it was given: expected none where it adapts to data\nhelp: leave out `.vocabulary(..)`"
    )]
    Given {
        /// Keras's name of the layer.
        class: &'static str,
    },
    /// A vocabulary has no tokens.
    #[error("the vocabulary of `{class}` is empty: expected at least 1 token besides those for padding and for unknown ones")]
    Empty {
        /// Keras's name of the layer.
        class: &'static str,
    },
    /// A vocabulary has a token twice.
    #[error("the vocabulary of `{class}` has {token} twice, at {first} and {again}: expected each token once")]
    Repeated {
        /// Keras's name of the layer.
        class: &'static str,
        /// The token.
        token: String,
        /// Its first place in what was given, from 0.
        first: usize,
        /// Its second.
        again: usize,
    },
    /// A vocabulary has a token among its own that stands for others.
    #[error(
        "the vocabulary of `{class}` has the `{argument}` {token} at {place}: expected none of those tokens, or all of them at the start, in the order \
         of `get_vocabulary(true)`"
    )]
    Reserved {
        /// Keras's name of the layer.
        class: &'static str,
        /// `mask_token` or `oov_token`.
        argument: &'static str,
        /// The token.
        token: String,
        /// Its place in what was given, from 0.
        place: usize,
    },
    /// A vocabulary is larger than it may be.
    #[error(
        "the vocabulary of `{class}` is too large: expected at most {max_tokens} tokens, found {found}, those for padding and unknown \
         ones among them"
    )]
    TooManyTokens {
        /// Keras's name of the layer.
        class: &'static str,
        /// The most that there may be.
        max_tokens: usize,
        /// How many there are.
        found: usize,
    },
    /// A file of a vocabulary has a line that is no token.
    #[error("line {line} of `{}` is no token of `{class}`: expected a whole number", path.display())]
    Line {
        /// Keras's name of the layer.
        class: &'static str,
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// What tokens weigh is missing, or there where nothing is weighed.
    #[error("`idf_weights` of `{class}` do not fit: expected {expected}, found {found}")]
    Weights {
        /// Keras's name of the layer.
        class: &'static str,
        /// What is expected.
        expected: String,
        /// What there is.
        found: String,
    },
    /// A token is not in the vocabulary, and there is no number for such tokens.
    #[error(
        "{token} is not in the vocabulary of `{class}`: with `num_oov_indices` 0, expected none but its tokens\nhelp: \
         `.num_oov_indices(1)` has a number for all others"
    )]
    Unknown {
        /// Keras's name of the layer.
        class: &'static str,
        /// The token.
        token: String,
    },
    /// What is asked for is not what the arguments say.
    #[error("`{class}` gives {gives}, with {setting}: found `{called}`\nhelp: call `{right}`, or set {other}")]
    Mode {
        /// Keras's name of the layer.
        class: &'static str,
        /// What it gives.
        gives: &'static str,
        /// By which arguments.
        setting: String,
        /// What was called.
        called: &'static str,
        /// What to call.
        right: &'static str,
        /// The arguments for what was called.
        other: &'static str,
    },
    /// What is given has too many axes, or too long ones.
    #[error("what `{class}` is given has the wrong shape: expected {expected}, found {found:?}")]
    Shape {
        /// Keras's name of the layer.
        class: &'static str,
        /// The shapes that it takes.
        expected: &'static str,
        /// The shape.
        found: Vec<usize>,
    },
    /// A number that there is no place for.
    #[error("{found} is out of range for `{owner}`: expected 0 to {}", places - 1)]
    Range {
        /// Keras's name of the layer or function.
        owner: &'static str,
        /// How many places there are.
        places: usize,
        /// The number.
        found: i64,
    },
    /// Texts are given where `mask_value` is a number, or the other way round.
    #[error("`mask_value` of `Hashing` is of another kind than what is hashed: expected {expected}, found {found}")]
    MaskValue {
        /// What is hashed.
        expected: &'static str,
        /// What `mask_value` is.
        found: &'static str,
    },
    /// Sequences are padded to the longest one, but there is none.
    #[error("there are no sequences: expected at least 1 to take the length from\nhelp: say the length, `.maxlen(100)`")]
    NoSequences,
    /// Classes are counted by the largest label, but there is none.
    #[error("there are no labels: expected at least 1 to count the classes by\nhelp: say how many there are, `Some(10)`")]
    NoLabels,
    /// What is to be read is no whole document of JSON.
    #[error("the document is damaged or of another kind: expected the whole JSON of a `{class}`, found: {source}")]
    Json {
        /// Keras's name of the layer.
        class: &'static str,
        /// What the reader said.
        source: serde_json::Error,
    },
    /// A document is of another layer.
    #[error("the document is of another class: expected `{expected}`, found `{found}`")]
    Class {
        /// Keras's name of the layer that is read.
        expected: &'static str,
        /// The document's.
        found: String,
    },
    /// A document names a function that was not given.
    #[error(
        "`{argument}` is a function of one's own, `{name}`: expected it where the document is read\nhelp: \
         `load_with(path, &Functions::new().{argument}(\"{name}\", ..))`"
    )]
    Function {
        /// `standardize` or `split`.
        argument: &'static str,
        /// The function's name.
        name: String,
    },
    /// What is wrong with what a file holds.
    #[error("`{}`: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: Box<model_core::Error>,
    },
    /// What is computed would take more memory than there is.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
}

impl From<PreprocessingError> for model_core::Error {
    fn from(error: PreprocessingError) -> Self {
        Self::Data(Box::new(error))
    }
}
