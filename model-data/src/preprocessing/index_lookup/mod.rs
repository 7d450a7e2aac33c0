//! Tokens to numbers and back: what [`StringLookup`](super::StringLookup) and [`IntegerLookup`](super::IntegerLookup) share.

mod adapt;
mod call;
mod config;
mod counts;
mod known;
pub(super) mod settings;
mod vocabulary;

use std::sync::{Arc, OnceLock};

use model_core::Result;

use super::hash::Salt;
use super::{OutputMode, PreprocessingError, Token};
pub(super) use counts::Counts;
pub(super) use known::Known;
use known::special;
pub use settings::OovMethod;
pub(super) use settings::Settings;
pub use vocabulary::Vocabulary;

/// A vocabulary, and what tokens become by it: [`StringLookup`](super::StringLookup) of texts, [`IntegerLookup`](super::IntegerLookup) of
/// whole numbers.
///
/// Arguments are set first, each by the method of its name. What they say together is checked where the lookup is first used, also the
/// vocabulary that is given by [`vocabulary`](Self::vocabulary). To set an argument later is to begin anew: what was adapted is forgotten.
///
/// Copies share the vocabulary, so that they cost little.
#[derive(Clone, Debug)]
pub struct IndexLookup<T: Token> {
    settings: Settings<T>,
    /// The vocabulary in use; one that is given is checked and comes here when it is first needed.
    known: OnceLock<Arc<Known<T>>>,
    counts: Counts<T>,
}

impl<T: Token> Default for IndexLookup<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// The arguments.
impl<T: Token> IndexLookup<T> {
    /// As Keras's defaults are.
    #[must_use]
    pub fn new() -> Self {
        Self::of(Settings::new())
    }

    pub(super) fn of(settings: Settings<T>) -> Self {
        Self { settings, known: OnceLock::new(), counts: Counts::default() }
    }

    pub(super) fn with(self, set: impl FnOnce(&mut Settings<T>)) -> Self {
        let mut settings = self.settings;
        set(&mut settings);
        Self::of(settings)
    }

    /// The most tokens that the vocabulary may have, those for padding and for unknown ones among them; any number by default.
    #[must_use]
    pub fn max_tokens(self, max_tokens: usize) -> Self {
        self.with(|settings| settings.max_tokens = Some(max_tokens))
    }

    /// How many numbers there are for tokens that are not in the vocabulary; 1 by default. Where there are several, such tokens are spread over
    /// them by their hash; where there is none, such a token is an error.
    #[must_use]
    pub fn num_oov_indices(self, num_oov_indices: usize) -> Self {
        self.with(|settings| settings.num_oov_indices = num_oov_indices)
    }

    /// The token that stands for nothing, such as padding: its number is 0, and where tokens do not become numbers it is passed over. None by
    /// default.
    #[must_use]
    pub fn mask_token(self, mask_token: impl Into<T>) -> Self {
        self.with(|settings| settings.mask_token = Some(mask_token.into()))
    }

    /// The token that numbers of unknown tokens are turned back into; `"[UNK]"` by default, and -1 for whole numbers.
    #[must_use]
    pub fn oov_token(self, oov_token: impl Into<T>) -> Self {
        self.with(|settings| settings.oov_token = oov_token.into())
    }

    /// The vocabulary, which is then not adapted: a list of tokens, or the path of a file with a token in each line.
    ///
    /// A list may begin with the tokens for padding and for unknown ones, as that of [`get_vocabulary`](Self::get_vocabulary) does; a file has
    /// none of them.
    #[must_use]
    pub fn vocabulary(self, vocabulary: impl Into<Vocabulary<T>>) -> Self {
        self.with(|settings| settings.vocabulary = Some(vocabulary.into()))
    }

    /// What each token of the `vocabulary` weighs, for [`OutputMode::TfIdf`].
    ///
    /// Where the vocabulary is given without the tokens for unknown ones, these weigh as much as the mean.
    #[must_use]
    pub fn idf_weights(self, idf_weights: impl Into<Vec<f32>>) -> Self {
        self.with(|settings| settings.idf_weights = Some(idf_weights.into().into()))
    }

    /// Whether numbers are turned back into tokens, by [`tokens`](Self::tokens); false by default.
    #[must_use]
    pub fn invert(self, invert: bool) -> Self {
        self.with(|settings| settings.invert = invert)
    }

    /// What tokens become; [`OutputMode::Int`] by default.
    #[must_use]
    pub fn output_mode(self, output_mode: OutputMode) -> Self {
        self.with(|settings| settings.output_mode = output_mode)
    }

    /// Whether rows have `max_tokens` places, however few tokens the vocabulary has; false by default.
    #[must_use]
    pub fn pad_to_max_tokens(self, pad_to_max_tokens: bool) -> Self {
        self.with(|settings| settings.pad_to_max_tokens = pad_to_max_tokens)
    }

    /// What spreads unknown tokens over several numbers by a hash function of one's own: then it is SipHash with this salt, else FarmHash.
    #[must_use]
    pub fn salt(self, salt: impl Into<Salt>) -> Self {
        self.with(|settings| settings.salt = Some(salt.into()))
    }
}

/// The vocabulary.
impl<T: Token> IndexLookup<T> {
    /// The vocabulary by its numbers, with or without the tokens for padding and for unknown ones.
    ///
    /// # Errors
    /// If the arguments do not fit together, or the vocabulary that was given is none. Where there is none yet, there is nothing but the tokens
    /// for padding and for unknown ones.
    pub fn get_vocabulary(&self, include_special_tokens: bool) -> Result<Vec<T>> {
        match self.known_if_any()? {
            Some(known) => known.all(&self.settings, include_special_tokens),
            None if include_special_tokens => special(&self.settings),
            None => Ok(vec![]),
        }
    }

    /// How many tokens the vocabulary has, those for padding and for unknown ones among them.
    ///
    /// # Errors
    /// As those of [`get_vocabulary`](Self::get_vocabulary).
    pub fn vocabulary_size(&self) -> Result<usize> {
        Ok(self.settings.token_start() + self.known_if_any()?.map_or(0, |known| known.tokens.len()))
    }

    /// Sets the vocabulary, instead of adapting it. The tokens weigh `idf_weights`, with [`OutputMode::TfIdf`] and then only.
    ///
    /// # Errors
    /// If a token is there twice, there are too many or none, those for padding or unknown ones stand elsewhere than at the start, or there is
    /// not a weight for each token. The vocabulary is then as it was.
    pub fn set_vocabulary(&mut self, vocabulary: impl Into<Vocabulary<T>>, idf_weights: Option<&[f32]>) -> Result<()> {
        let mut settings = self.settings.clone();
        settings.vocabulary = Some(vocabulary.into());
        settings.idf_weights = idf_weights.map(Into::into);
        self.put(given(&settings)?);
        Ok(())
    }

    pub(super) fn settings(&self) -> &Settings<T> {
        &self.settings
    }

    /// What tokens become.
    pub(super) fn mode(&self) -> OutputMode {
        self.settings.output_mode
    }

    fn put(&mut self, known: Known<T>) {
        self.known = OnceLock::from(Arc::new(known));
    }

    /// The vocabulary in use, if there is one.
    fn known_if_any(&self) -> Result<Option<&Known<T>>> {
        if self.known.get().is_none() {
            self.settings.check()?;
            if self.settings.vocabulary.is_none() {
                return Ok(None);
            }
            let _ = self.known.set(Arc::new(given(&self.settings)?)); // another thread may have been quicker, with the same
        }
        Ok(self.known.get().map(Arc::as_ref))
    }

    pub(super) fn known(&self) -> Result<&Known<T>> {
        Ok(self.known_if_any()?.ok_or(PreprocessingError::NoVocabulary { class: self.settings.class })?)
    }
}

/// The vocabulary that settings have, checked.
fn given<T: Token>(settings: &Settings<T>) -> Result<Known<T>> {
    settings.check()?;
    let vocabulary = settings.vocabulary.as_ref().ok_or(PreprocessingError::NoVocabulary { class: settings.class })?;
    Known::new(settings, &vocabulary.tokens(settings.class)?, settings.idf_weights.as_deref(), vocabulary.is_file())
}
