//! The layer as Keras's configuration has it.

use std::path::Path;

use model_core::Result;
use model_core::arguments::Argument;
use model_core::keras::{Fields, wrong};
use serde_json::{Map, Value, json};

use super::super::saved::{self, fixed, saved};
use super::super::{IndexLookup, PreprocessingError};
use super::tokenizer::Tokenizer;
use super::{Functions, Settings, Split, Standardize, TextVectorization};

/// Saving and loading. A function of one's own is saved by its name.
impl TextVectorization {
    saved!();

    /// Reads a document that names functions of one's own.
    ///
    /// # Errors
    /// As those of [`from_json`](Self::from_json).
    pub fn from_json_with(json: &str, functions: &Functions) -> Result<Self> {
        saved::read(Self::CLASS, json, |fields| Self::read_with(fields, functions))
    }

    /// Loads a file that names functions of one's own.
    ///
    /// # Errors
    /// As those of [`load`](Self::load).
    pub fn load_with(path: impl AsRef<Path>, functions: &Functions) -> Result<Self> {
        saved::load(path.as_ref(), |json| Self::from_json_with(json, functions))
    }

    fn config(&self) -> Result<Value> {
        self.check()?;
        let settings = self.lookup.settings();
        let mut config = Map::new();
        let mut put = |key: &str, value: Value| config.insert(key.to_owned(), value);
        put("max_tokens", settings.max_tokens.write());
        put("standardize", self.tokenizer.standardize.as_ref().into_written());
        put("split", self.tokenizer.split.as_ref().into_written());
        put("ngrams", self.tokenizer.ngrams.write());
        put("output_mode", settings.output_mode.write());
        put("output_sequence_length", self.output_sequence_length.write());
        put("pad_to_max_tokens", settings.pad_to_max_tokens.write());
        put("sparse", false.into());
        put("ragged", false.into());
        put("encoding", "utf-8".into());
        config.extend(self.lookup.vocabulary_config()?);
        Ok(config.into())
    }

    fn read_config(fields: &mut Fields<'_>) -> Result<Self> {
        Self::read_with(fields, &Functions::new())
    }

    fn read_with(fields: &mut Fields<'_>, functions: &Functions) -> Result<Self> {
        let class = Self::CLASS;
        for (key, only) in [("sparse", false.into()), ("ragged", false.into()), ("encoding", "utf-8".into())] {
            fixed(class, fields, key, &only)?;
        }
        let of = Self::new();
        let tokenizer = Tokenizer {
            standardize: read(fields, "standardize", of.tokenizer.standardize, &Standardize::WORDS, &functions.standardize)?,
            split: read(fields, "split", of.tokenizer.split, &Split::WORDS, &functions.split)?,
            ngrams: fields.argument("ngrams", None)?,
        };
        let settings = Settings {
            max_tokens: fields.argument("max_tokens", None)?,
            output_mode: fields.argument("output_mode", of.lookup.mode())?,
            pad_to_max_tokens: fields.argument("pad_to_max_tokens", false)?,
            ..of.lookup.settings().clone()
        };
        let output_sequence_length = fields.argument("output_sequence_length", None)?;
        let read = Self { tokenizer, output_sequence_length, lookup: IndexLookup::with_vocabulary_of(settings, fields)? };
        read.check()?;
        Ok(read)
    }
}

/// What is written of a step: nothing, Keras's word, or a function's name as Keras writes functions.
trait Written {
    fn into_written(self) -> Value;
}

impl Written for Option<&Standardize> {
    fn into_written(self) -> Value {
        match self {
            None => Value::Null,
            Some(Standardize::LowerAndStripPunctuation) => "lower_and_strip_punctuation".into(),
            Some(Standardize::Lower) => "lower".into(),
            Some(Standardize::StripPunctuation) => "strip_punctuation".into(),
            Some(Standardize::Own { name, .. }) => function(name),
        }
    }
}

impl Written for Option<&Split> {
    fn into_written(self) -> Value {
        match self {
            None => Value::Null,
            Some(Split::Whitespace) => "whitespace".into(),
            Some(Split::Character) => "character".into(),
            Some(Split::Own { name, .. }) => function(name),
        }
    }
}

fn function(name: &str) -> Value {
    json!({ "module": "builtins", "class_name": "function", "config": name, "registered_name": "function" })
}

/// Reads a step: one of Keras's words, or a function's name among those that were given.
fn read<S: Clone>(
    fields: &mut Fields<'_>,
    argument: &'static str,
    default: Option<S>,
    words: &[(&str, S)],
    own: &[(String, S)],
) -> Result<Option<S>> {
    let Some(value) = fields.given(argument) else { return Ok(default) };
    if value.is_null() {
        return Ok(None);
    }
    if value["class_name"] == "function"
        && let Some(name) = value["config"].as_str()
    {
        let found = own.iter().find(|(own, _)| own == name).map(|(_, step)| step.clone());
        return Ok(Some(found.ok_or_else(|| PreprocessingError::Function { argument, name: name.to_owned() })?));
    }
    let found = words.iter().find(|(word, _)| value == *word).map(|(_, step)| step.clone());
    let expected = || words.iter().map(|(word, _)| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ");
    found
        .map(Some)
        .ok_or_else(|| wrong(TextVectorization::CLASS, argument, &format!("{}, a function, or null", expected()), &value))
}
