//! A lookup as Keras's configuration has it.

use std::sync::Arc;

use model_core::Result;
use model_core::arguments::{self, Argument};
use model_core::keras::{Fields, wrong};
use serde_json::{Map, Value, json};

use super::super::saved::{fixed, saved};
use super::super::{OutputMode, Token, Vocabulary};
use super::{IndexLookup, Known, Settings};

/// Saving and loading.
impl<T: Token> IndexLookup<T> {
    const CLASS: &'static str = T::CLASS;

    saved!();

    fn config(&self) -> Result<Value> {
        let settings = &self.settings;
        let mut config = Map::new();
        let mut put = |key: &str, value: Value| config.insert(key.to_owned(), value);
        put("max_tokens", settings.max_tokens.write());
        put("num_oov_indices", settings.num_oov_indices.write());
        put("mask_token", settings.mask_token.write());
        put("oov_token", settings.oov_token.write());
        put("invert", settings.invert.write());
        put("output_mode", settings.output_mode.write());
        put("pad_to_max_tokens", settings.pad_to_max_tokens.write());
        put("sparse", false.into());
        put("oov_method", settings.oov_method.write());
        put("salt", settings.salt.write());
        let (key, only) = only::<T>();
        put(key, only);
        config.extend(self.vocabulary_config()?);
        Ok(config.into())
    }

    /// The vocabulary in use, and whether it was given: that is the one that is not adapted again.
    pub(in super::super) fn vocabulary_config(&self) -> Result<Map<String, Value>> {
        let known = self.known_if_any()?;
        let vocabulary = known.map(|known| known.all(&self.settings, true)).transpose()?;
        let weights = known.map(|known| &known.weights).filter(|weights| !weights.is_empty());
        let is_adapted = vocabulary.is_some() && self.settings.vocabulary.is_none();
        let size = vocabulary.as_ref().map(Vec::len);
        let mut config = Map::new();
        config.insert("vocabulary".to_owned(), vocabulary.map(|tokens| tokens.iter().map(T::write).collect::<Value>()).into());
        config.insert("idf_weights".to_owned(), weights.map(|weights| json!(weights)).into());
        config.insert("vocabulary_size".to_owned(), size.into());
        if is_adapted {
            config.insert("has_input_vocabulary".to_owned(), false.into());
        }
        Ok(config)
    }

    fn read_config(fields: &mut Fields<'_>) -> Result<Self> {
        let class = T::CLASS;
        fixed(class, fields, "sparse", &false.into())?;
        let (key, only) = only::<T>();
        fixed(class, fields, key, &only)?;
        let of = Settings::new();
        let settings = Settings {
            max_tokens: fields.argument("max_tokens", of.max_tokens)?,
            num_oov_indices: fields.argument("num_oov_indices", of.num_oov_indices)?,
            mask_token: fields.argument("mask_token", of.mask_token)?,
            oov_token: fields.argument("oov_token", of.oov_token)?,
            invert: fields.argument("invert", of.invert)?,
            output_mode: fields.argument("output_mode", of.output_mode)?,
            pad_to_max_tokens: fields.argument("pad_to_max_tokens", of.pad_to_max_tokens)?,
            oov_method: fields.argument("oov_method", of.oov_method)?,
            salt: fields.argument("salt", of.salt)?,
            ..Settings::new()
        };
        Self::with_vocabulary_of(settings, fields)
    }

    /// A lookup with the vocabulary that a configuration has, which is checked.
    pub(in super::super) fn with_vocabulary_of(settings: Settings<T>, fields: &mut Fields<'_>) -> Result<Self> {
        fields.ignore(&["vocabulary_size"]);
        let class = settings.class;
        let tokens: Option<Vec<T>> = several(class, fields, "vocabulary", "a list of the vocabulary's tokens, or null")?;
        let weights: Option<Vec<f64>> = several(class, fields, "idf_weights", "a list of numbers, or null")?;
        let weights: Option<Arc<[f32]>> = weights.map(|weights| weights.into_iter().map(|weight| weight as f32).collect());
        let is_given = fields.argument("has_input_vocabulary", true)?;
        let mut lookup = Self::of(settings);
        match tokens {
            Some(tokens) if !is_given => {
                lookup.settings.check()?;
                lookup.put(Known::new(&lookup.settings, &tokens, weights.as_deref(), false)?);
                lookup.check_is_weighed()?;
            }
            tokens => {
                (lookup.settings.vocabulary, lookup.settings.idf_weights) = (tokens.map(Vocabulary::from), weights);
                lookup.known_if_any()?;
            }
        }
        Ok(lookup)
    }

    /// Checks that a vocabulary that was adapted came with what its tokens weigh, where that is needed.
    fn check_is_weighed(&self) -> Result<()> {
        let is_weighed = self.known_if_any()?.is_some_and(|known| !known.weights.is_empty());
        if self.settings.output_mode == OutputMode::TfIdf && !is_weighed {
            let class = self.settings.class;
            return Err(wrong(class, "idf_weights", "a list of numbers, one for each token", &Value::Null));
        }
        Ok(())
    }
}

/// The argument of Keras's that has one value here only: the encoding of texts, and the type of numbers.
fn only<T: Token>() -> (&'static str, Value) {
    if T::number(T::unknown().borrow()).is_some() { ("vocabulary_dtype", "int64".into()) } else { ("encoding", "utf-8".into()) }
}

/// A list, or nothing.
fn several<A: Argument>(class: &str, fields: &mut Fields<'_>, key: &str, expected: &str) -> Result<Option<Vec<A>>> {
    match fields.value(key) {
        Value::Null => Ok(None),
        value => arguments::list(&value).map(Some).ok_or_else(|| wrong(class, key, expected, &value)),
    }
}
