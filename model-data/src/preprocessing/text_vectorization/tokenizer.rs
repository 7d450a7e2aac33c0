//! From texts to the tokens of each.

use std::borrow::Cow;

use ndarray::{ArrayD, Dimension, Ix0, Ix1, Ix2};

use super::super::PreprocessingError;
use super::{Ngrams, Split, Standardize, TextVectorization};

/// The number of axes that texts can have: none for a text alone, one for texts, two for texts or words in rows.
#[diagnostic::on_unimplemented(
    message = "texts have no axis, one or two",
    label = "expected a text, `[samples]`, `[samples, 1]`, or, without `split`, `[samples, length]`"
)]
pub trait TextAxes: Dimension {
    /// The axes of what texts become.
    type Rows: Dimension;
}

impl TextAxes for Ix0 {
    type Rows = Ix1;
}

impl TextAxes for Ix1 {
    type Rows = Ix2;
}

impl TextAxes for Ix2 {
    type Rows = Ix2;
}

/// What is done to a text until it is tokens.
#[derive(Clone, Debug)]
pub(super) struct Tokenizer {
    pub standardize: Option<Standardize>,
    pub split: Option<Split>,
    pub ngrams: Option<Ngrams>,
}

impl Default for Tokenizer {
    fn default() -> Self {
        Self { standardize: Some(Standardize::LowerAndStripPunctuation), split: Some(Split::Whitespace), ngrams: None }
    }
}

impl Tokenizer {
    /// Gives the tokens of texts, each with the number of its document, and tells how many documents there are.
    pub fn each_token(
        &self,
        texts: &ArrayD<Cow<'_, str>>,
        mut take: impl FnMut(usize, &str),
    ) -> Result<usize, PreprocessingError> {
        let documents = texts.shape().first().copied().unwrap_or(1);
        let length = texts.shape().get(1).copied().unwrap_or(1);
        if self.split.is_some() && length != 1 {
            let expected = "`[samples]` or `[samples, 1]`, or no `split`";
            return Err(PreprocessingError::Shape { class: TextVectorization::CLASS, expected, found: texts.shape().to_vec() });
        }
        let texts: Vec<Cow<'_, str>> = texts.iter().map(|text| self.standardized(text)).collect();
        for (i, document) in texts.chunks(length.max(1)).enumerate() {
            let parts: Vec<&str> = document.iter().map(AsRef::as_ref).collect();
            match &self.split {
                Some(split) => split.apply(parts[0], |parts| self.join(parts, |token| take(i, token))),
                None => self.join(&parts, |token| take(i, token)),
            }
        }
        Ok(documents)
    }

    fn standardized<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.standardize.as_ref().map_or(Cow::Borrowed(text), |standardize| standardize.apply(text))
    }

    fn join(&self, parts: &[&str], take: impl FnMut(&str)) {
        match &self.ngrams {
            Some(ngrams) => ngrams.apply(parts, take),
            None => parts.iter().copied().for_each(take),
        }
    }
}
