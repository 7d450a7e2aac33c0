//! Texts to the numbers of their words.

mod adapt;
mod call;
mod config;
mod functions;
mod ngrams;
mod split;
mod standardize;
mod tokenizer;

use model_core::arguments::Argument;
use model_core::{Error, Result};

use super::index_lookup::Settings;
use super::{IndexLookup, OutputMode, StringLookup, Vocabulary};
pub use functions::Functions;
pub use ngrams::Ngrams;
pub use split::Split;
pub use standardize::Standardize;
pub use tokenizer::TextAxes;
use tokenizer::Tokenizer;

/// Texts, taken apart into words, to the words' numbers in a vocabulary, or to rows with a place for each word of it.
///
/// A text is standardised, taken apart, and its parts are joined to n-grams, if there are any; what comes out are the tokens that
/// [`StringLookup`] has a vocabulary of. The number 0 is for padding, its token is `""`; 1 is for unknown words, `"[UNK]"`.
///
/// # Arguments
///
/// Keras's, each set by the method of its name, before the vocabulary is adapted: `max_tokens` (any number),
/// `standardize` ([`LowerAndStripPunctuation`](Standardize::LowerAndStripPunctuation)), `split` ([`Whitespace`](Split::Whitespace)), `ngrams` (none),
/// `output_mode` ([`Int`](OutputMode::Int)), `output_sequence_length` (the longest text's), `pad_to_max_tokens` (false), `vocabulary` (adapted),
/// `idf_weights`. There is no `ragged` and no `sparse`: arrays are whole. Texts are UTF-8.
///
/// # Shapes
///
/// `[samples]`, also `[samples, 1]`, becomes `[samples, length]`, and `[samples, tokens]` where words become rows. A text alone has no axis of
/// samples: `[length]`, `[tokens]`. Without `split` a text is one word, and `[samples, length]` are words.
///
/// ```
/// use model_data::preprocessing::{OutputMode, TextVectorization};
/// use ndarray::array;
///
/// let mut words = TextVectorization::new().max_tokens(100).output_sequence_length(4);
/// words.adapt(&["The cat sat.", "The dog sat down!"])?;
/// assert_eq!(words.get_vocabulary(true)?, ["", "[UNK]", "the", "sat", "down", "dog", "cat"]);
/// assert_eq!(words.call(&["the cat", "A dog sat."])?, array![[2, 6, 0, 0], [1, 5, 3, 0]]);
///
/// let counts = TextVectorization::new().vocabulary(["cat", "dog"]).output_mode(OutputMode::Count);
/// assert_eq!(counts.encode(&["cat, dog, cat"])?, array![[0.0, 2.0, 1.0]]);
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/>.
#[derive(Clone, Debug)]
pub struct TextVectorization {
    tokenizer: Tokenizer,
    output_sequence_length: Option<usize>,
    lookup: StringLookup,
}

impl Default for TextVectorization {
    fn default() -> Self {
        Self::new()
    }
}

impl TextVectorization {
    const CLASS: &'static str = "TextVectorization";

    /// As Keras's defaults are.
    #[must_use]
    pub fn new() -> Self {
        Self {
            tokenizer: Tokenizer::default(),
            output_sequence_length: None,
            lookup: IndexLookup::of(Settings { class: Self::CLASS, mask_token: Some(String::new()), ..Settings::new() }),
        }
    }

    /// The most tokens that the vocabulary may have, those for padding and for unknown words among them; any number by default.
    #[must_use]
    pub fn max_tokens(self, max_tokens: usize) -> Self {
        Self { lookup: self.lookup.max_tokens(max_tokens), ..self }
    }

    /// What is done to a text before it is taken apart, or nothing, `None`; [`Standardize::LowerAndStripPunctuation`] by default.
    #[must_use]
    pub fn standardize(self, standardize: impl Into<Option<Standardize>>) -> Self {
        Self { tokenizer: Tokenizer { standardize: standardize.into(), ..self.tokenizer }, ..self }
    }

    /// How a text is taken apart, or not at all, `None`; [`Split::Whitespace`] by default.
    #[must_use]
    pub fn split(self, split: impl Into<Option<Split>>) -> Self {
        Self { tokenizer: Tokenizer { split: split.into(), ..self.tokenizer }, ..self }
    }

    /// How many parts that stand one behind the other are joined to a token, with a space between them: `2` for each part and each two, `[2]` for
    /// each two only. None by default.
    #[must_use]
    pub fn ngrams(self, ngrams: impl Into<Ngrams>) -> Self {
        Self { tokenizer: Tokenizer { ngrams: Some(ngrams.into()), ..self.tokenizer }, ..self }
    }

    /// What texts become: [`Int`](OutputMode::Int), which is the default, [`MultiHot`](OutputMode::MultiHot), [`Count`](OutputMode::Count) or
    /// [`TfIdf`](OutputMode::TfIdf).
    #[must_use]
    pub fn output_mode(self, output_mode: OutputMode) -> Self {
        Self { lookup: self.lookup.output_mode(output_mode), ..self }
    }

    /// How many numbers a text has: what is longer is cut, what is shorter is padded with 0, both at the end. As many as the longest of a call by
    /// default.
    #[must_use]
    pub fn output_sequence_length(self, output_sequence_length: usize) -> Self {
        Self { output_sequence_length: Some(output_sequence_length), ..self }
    }

    /// Whether rows have `max_tokens` places, however few tokens the vocabulary has; false by default.
    #[must_use]
    pub fn pad_to_max_tokens(self, pad_to_max_tokens: bool) -> Self {
        Self { lookup: self.lookup.pad_to_max_tokens(pad_to_max_tokens), ..self }
    }

    /// The vocabulary, which is then not adapted: a list of tokens, or the path of a file with a token in each line.
    ///
    /// A list may begin with the tokens for padding and for unknown words, as that of [`get_vocabulary`](Self::get_vocabulary) does; a file has
    /// none of them.
    #[must_use]
    pub fn vocabulary(self, vocabulary: impl Into<Vocabulary<String>>) -> Self {
        Self { lookup: self.lookup.vocabulary(vocabulary), ..self }
    }

    /// What each token of the `vocabulary` weighs, for [`OutputMode::TfIdf`].
    #[must_use]
    pub fn idf_weights(self, idf_weights: impl Into<Vec<f32>>) -> Self {
        Self { lookup: self.lookup.idf_weights(idf_weights), ..self }
    }

    /// The vocabulary by its numbers, with or without the tokens for padding and for unknown words.
    ///
    /// # Errors
    /// If the arguments do not fit together, or the vocabulary that was given is none. Where there is none yet, there is nothing but the tokens
    /// for padding and for unknown words.
    pub fn get_vocabulary(&self, include_special_tokens: bool) -> Result<Vec<String>> {
        self.lookup.get_vocabulary(include_special_tokens)
    }

    /// How many tokens the vocabulary has, those for padding and for unknown words among them: the `input_dim` of an `Embedding` behind it.
    ///
    /// # Errors
    /// As those of [`get_vocabulary`](Self::get_vocabulary).
    pub fn vocabulary_size(&self) -> Result<usize> {
        self.lookup.vocabulary_size()
    }

    /// Sets the vocabulary, instead of adapting it. The tokens weigh `idf_weights`, with [`OutputMode::TfIdf`] and then only.
    ///
    /// # Errors
    /// If a token is there twice, there are too many or none, those for padding or unknown words stand elsewhere than at the start, or there is
    /// not a weight for each token. The vocabulary is then as it was.
    pub fn set_vocabulary(&mut self, vocabulary: impl Into<Vocabulary<String>>, idf_weights: Option<&[f32]>) -> Result<()> {
        self.lookup.set_vocabulary(vocabulary, idf_weights)
    }

    /// Checks what the arguments say together that are not the lookup's.
    fn check(&self) -> Result<()> {
        let wrong = |argument, expected, found| Err(Error::Argument { owner: Self::CLASS, argument, expected, found });
        let mode = self.lookup.mode();
        if mode == OutputMode::OneHot {
            return wrong("output_mode", "`int`, `multi_hot`, `count` or `tf_idf`", "`one_hot`".to_owned());
        }
        if let Some(length) = self.output_sequence_length.filter(|_| mode != OutputMode::Int) {
            return wrong("output_sequence_length", "none, unless `output_mode` is `int`", length.to_string());
        }
        match &self.tokenizer.ngrams {
            Some(ngrams) if !ngrams.is_valid() => wrong("ngrams", "numbers of parts from 1", ngrams.write().to_string()),
            _ => Ok(()),
        }
    }
}
