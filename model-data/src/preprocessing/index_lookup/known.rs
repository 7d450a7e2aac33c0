//! The tokens that a lookup knows: checked, with their numbers and what they weigh.

use std::collections::HashMap;

use model_core::memory;
use model_core::{Error, Result};

use super::super::{OutputMode, PreprocessingError, Token};
use super::settings::Settings;

/// A vocabulary in use.
#[derive(Debug)]
pub(in super::super) struct Known<T> {
    /// The tokens of its own, without those for padding and for unknown ones.
    pub tokens: Vec<T>,
    /// The place of each among them.
    places: HashMap<T, usize>,
    /// What each number's token weighs, also those of unknown ones; nothing unless tokens are weighed.
    pub weights: Vec<f32>,
}

impl<T: Token> Known<T> {
    /// A vocabulary as it is given. Where it begins with the tokens for padding and unknown ones, these are no tokens of its own, unless all
    /// are `plain`.
    pub fn new(settings: &Settings<T>, given: &[T], weights: Option<&[f32]>, plain: bool) -> Result<Self> {
        let start = settings.token_start();
        let has_special = !plain && given.len() >= start && (0..start).all(|place| settings.is_special(place, &given[place]));
        let front = if has_special { start } else { 0 };
        let known = Self::of_tokens(settings, given[front..].to_vec(), front)?;
        let weights = weights.map(|weights| padded(settings, given.len(), weights, if has_special { 0 } else { start }));
        Ok(Self { weights: weights.transpose()?.unwrap_or_default(), ..known })
    }

    /// A vocabulary of tokens that begin at a place of what was given.
    fn of_tokens(settings: &Settings<T>, tokens: Vec<T>, front: usize) -> Result<Self> {
        let class = settings.class;
        if tokens.is_empty() {
            return Err(PreprocessingError::Empty { class }.into());
        }
        let mut places = HashMap::with_capacity(tokens.len());
        for (place, token) in tokens.iter().enumerate() {
            if let Some(first) = places.insert(token.clone(), place) {
                let token = T::shown(token.borrow());
                return Err(PreprocessingError::Repeated { class, token, first: first + front, again: place + front }.into());
            }
        }
        let known = Self { tokens, places, weights: Vec::new() };
        known.check_special(settings, front)?;
        known.check_size(settings)?;
        Ok(known)
    }

    fn check_special(&self, settings: &Settings<T>, front: usize) -> Result<()> {
        let oov_token = Some(&settings.oov_token).filter(|_| settings.invert); // elsewhere, nothing becomes this token
        for (argument, token) in [("mask_token", settings.mask_token.as_ref()), ("oov_token", oov_token)] {
            if let Some((token, place)) = token.and_then(|token| Some((token, self.places.get(token.borrow())?))) {
                let token = T::shown(token.borrow());
                return Err(PreprocessingError::Reserved { class: settings.class, argument, token, place: place + front }.into());
            }
        }
        Ok(())
    }

    fn check_size(&self, settings: &Settings<T>) -> Result<()> {
        let found = settings.token_start().saturating_add(self.tokens.len());
        let max_tokens = settings.max_tokens.unwrap_or(usize::MAX).min(i32::MAX as usize);
        if found > max_tokens {
            return Err(PreprocessingError::TooManyTokens { class: settings.class, max_tokens, found }.into());
        }
        Ok(())
    }

    /// The place of a token among those of the vocabulary's own.
    pub fn place(&self, token: &T::Borrowed) -> Option<usize> {
        self.places.get(token).copied()
    }

    /// All tokens by their numbers, with or without those for padding and unknown ones.
    pub fn all(&self, settings: &Settings<T>, include_special_tokens: bool) -> Result<Vec<T>> {
        let special = if include_special_tokens { special(settings)? } else { vec![] };
        Ok(special.into_iter().chain(self.tokens.iter().cloned()).collect())
    }
}

/// The tokens for padding and for unknown ones, by their numbers.
pub(super) fn special<T: Token>(settings: &Settings<T>) -> Result<Vec<T>> {
    let bytes = memory::bytes_of::<T>(settings.token_start());
    memory::claim(bytes, || format!("the vocabulary of `{}`", settings.class)).map_err(PreprocessingError::from)?;
    let mask = settings.mask_token.iter().take(settings.oov_start()).cloned();
    Ok(mask.chain(std::iter::repeat_n(settings.oov_token.clone(), settings.num_oov_indices)).collect())
}

/// What tokens weigh, with as much as the mean in front of them for those that nothing is known of.
fn padded<T: Token>(settings: &Settings<T>, tokens: usize, weights: &[f32], front: usize) -> Result<Vec<f32>> {
    let class = settings.class;
    let wrong = |expected: String, found: String| Err(PreprocessingError::Weights { class, expected, found }.into());
    if settings.output_mode != OutputMode::TfIdf {
        return wrong("none, unless `output_mode` is `tf_idf`".to_owned(), "some".to_owned());
    }
    if weights.len() != tokens {
        return wrong(format!("{tokens}, one for each token of the vocabulary"), weights.len().to_string());
    }
    if let Some(weight) = weights.iter().find(|weight| !weight.is_finite()) {
        let (argument, expected) = ("idf_weights", "finite numbers");
        return Err(Error::Argument { owner: class, argument, expected, found: weight.to_string() });
    }
    let bytes = memory::bytes_of::<f32>(front);
    memory::claim(bytes, || format!("the weights of `{class}`")).map_err(PreprocessingError::from)?;
    Ok(std::iter::repeat_n(mean(weights), front).chain(weights.iter().copied()).collect())
}

/// The mean of weights.
pub(super) fn mean(weights: &[f32]) -> f32 {
    (weights.iter().map(|&weight| f64::from(weight)).sum::<f64>() / weights.len() as f64) as f32
}
