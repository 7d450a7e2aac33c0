//! The arguments of a lookup, as they are set.

use std::sync::Arc;

use model_core::arguments::Argument;
use model_core::{Error, Result};
use serde_json::Value;

use super::super::hash::{self, Salt};
use super::super::{OutputMode, PreprocessingError, Token, Vocabulary};

/// How numbers that are not in a vocabulary are spread over the numbers for such ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OovMethod {
    /// By what is left when they are divided.
    #[default]
    Floormod,
    /// By their hash, which spreads also numbers evenly that have a factor in common.
    Farmhash,
}

impl Argument for OovMethod {
    const EXPECTED: &'static str = "`\"floormod\"` or `\"farmhash\"`";

    fn write(&self) -> Value {
        match self {
            Self::Floormod => "floormod",
            Self::Farmhash => "farmhash",
        }
        .into()
    }

    fn read(value: &Value) -> Option<Self> {
        match value.as_str()? {
            "floormod" => Some(Self::Floormod),
            "farmhash" => Some(Self::Farmhash),
            _ => None,
        }
    }
}

/// The arguments of a lookup.
#[derive(Clone, Debug)]
pub(crate) struct Settings<T> {
    /// Keras's name of the layer, for what is said of it.
    pub class: &'static str,
    pub max_tokens: Option<usize>,
    pub num_oov_indices: usize,
    pub mask_token: Option<T>,
    pub oov_token: T,
    pub vocabulary: Option<Vocabulary<T>>,
    pub idf_weights: Option<Arc<[f32]>>,
    pub invert: bool,
    pub output_mode: OutputMode,
    pub pad_to_max_tokens: bool,
    pub oov_method: OovMethod,
    pub salt: Option<Salt>,
}

impl<T: Token> Settings<T> {
    /// Keras's defaults.
    pub fn new() -> Self {
        Self {
            class: T::CLASS,
            max_tokens: None,
            num_oov_indices: 1,
            mask_token: None,
            oov_token: T::unknown(),
            vocabulary: None,
            idf_weights: None,
            invert: false,
            output_mode: OutputMode::Int,
            pad_to_max_tokens: false,
            oov_method: OovMethod::Floormod,
            salt: None,
        }
    }

    /// The number of the first token that stands for unknown ones: behind the mask's, which has one where tokens become numbers.
    pub fn oov_start(&self) -> usize {
        usize::from(self.mask_token.is_some() && self.output_mode == OutputMode::Int)
    }

    /// The number of the vocabulary's first token of its own.
    pub fn token_start(&self) -> usize {
        self.oov_start() + self.num_oov_indices
    }

    /// Whether the token at a place is the one that stands there for masked or unknown ones.
    pub fn is_special(&self, place: usize, token: &T) -> bool {
        if place < self.oov_start() { self.mask_token.as_ref() == Some(token) } else { *token == self.oov_token }
    }

    /// Which of the numbers for unknown tokens is a token's, from 0.
    pub fn bucket(&self, token: &T::Borrowed) -> usize {
        let buckets = self.num_oov_indices as u64;
        match T::number(token).filter(|_| self.oov_method == OovMethod::Floormod) {
            Some(number) => number.rem_euclid(buckets as i64) as usize,
            None => hash::bucket(&T::bytes(token), buckets, self.salt) as usize,
        }
    }

    /// Checks what arguments say together.
    pub fn check(&self) -> Result<()> {
        let wrong = |argument, expected, found| Err(Error::Argument { owner: self.class, argument, expected, found });
        if self.num_oov_indices > i32::MAX as usize - 1 {
            return wrong("num_oov_indices", "less than 2147483647", self.num_oov_indices.to_string());
        }
        match self.max_tokens {
            Some(max_tokens) if max_tokens <= self.token_start().max(1) => {
                let expected = "more than 1, and more than the tokens for padding and for unknown ones";
                return wrong("max_tokens", expected, max_tokens.to_string());
            }
            None if self.pad_to_max_tokens => {
                return wrong("max_tokens", "a number, with `pad_to_max_tokens`", "none".to_owned());
            }
            _ => {}
        }
        if self.invert && self.output_mode != OutputMode::Int {
            return wrong("output_mode", "`int`, with `invert`", format!("`{}`", self.output_mode.word()));
        }
        let divides = T::number(self.oov_token.borrow()).is_some() && self.oov_method == OovMethod::Floormod;
        if self.salt.is_some() && divides {
            return wrong("oov_method", "`farmhash`, with `salt`", "`floormod`".to_owned());
        }
        self.check_weights()
    }

    fn check_weights(&self) -> Result<()> {
        let is_weighed = self.output_mode == OutputMode::TfIdf;
        let (expected, found) = match (&self.idf_weights, &self.vocabulary) {
            (Some(_), _) if !is_weighed => ("none, unless `output_mode` is `tf_idf`", "some"),
            (Some(_), None) => ("none, without a `vocabulary` that they belong to", "some"),
            (None, Some(_)) if is_weighed => ("a number for each token of the `vocabulary`, with `output_mode` `tf_idf`", "none"),
            _ => return Ok(()),
        };
        Err(PreprocessingError::Weights { class: self.class, expected: expected.to_owned(), found: found.to_owned() }.into())
    }
}
