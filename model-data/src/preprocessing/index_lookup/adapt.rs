//! How a lookup gets its vocabulary from data.

use std::borrow::Cow;

use model_core::Result;
use ndarray::{ArrayD, Axis};

use super::super::{PreprocessingError, Token, Tokens};
use super::{Counts, IndexLookup, Known};

/// Adapting to data.
impl<T: Token> IndexLookup<T> {
    /// Makes the tokens of the data the vocabulary: those that occur most often first, and among those that occur as often, the last in order
    /// first. What was adapted before is forgotten.
    ///
    /// The first axis counts the documents; what has one axis is a document for each token.
    ///
    /// # Errors
    /// If the arguments do not fit together, the vocabulary was given, or the data have no token but those for padding and for unknown ones.
    /// The vocabulary is then as it was. Data without any elements change nothing.
    pub fn adapt<X: Tokens<T> + ?Sized>(&mut self, data: &X) -> Result<()> {
        let tokens = data.array().into_dyn();
        let tokens = if tokens.ndim() == 1 { tokens.insert_axis(Axis(1)) } else { tokens };
        self.reset_state();
        self.count(&tokens)?;
        self.finalize_state()
    }

    /// Takes in a batch of the data. When there are no more, [`finalize_state`](Self::finalize_state) makes the vocabulary.
    ///
    /// The first axis counts the documents; as in Keras, what has one axis is one document here.
    ///
    /// # Errors
    /// If the arguments do not fit together, or the vocabulary was given.
    pub fn update_state<X: Tokens<T> + ?Sized>(&mut self, batch: &X) -> Result<()> {
        let tokens = batch.array().into_dyn();
        let tokens = if tokens.ndim() <= 1 { tokens.insert_axis(Axis(0)) } else { tokens };
        self.count(&tokens)
    }

    fn count(&mut self, tokens: &ArrayD<Cow<'_, T::Borrowed>>) -> Result<()> {
        self.check_adapts()?;
        for (i, document) in tokens.outer_iter().enumerate() {
            document.iter().for_each(|token| self.counts.add(i, token));
        }
        self.counts.end(tokens.len_of(Axis(0)));
        Ok(())
    }

    /// Checks that the lookup can adapt.
    pub(in super::super) fn check_adapts(&self) -> Result<()> {
        self.settings.check()?;
        if self.settings.vocabulary.is_some() {
            return Err(PreprocessingError::Given { class: self.settings.class }.into());
        }
        Ok(())
    }

    /// What was seen so far, to take in more.
    pub(in super::super) fn counts_mut(&mut self) -> &mut Counts<T> {
        &mut self.counts
    }

    /// Makes what was taken in the vocabulary. Where there was nothing, nothing changes.
    ///
    /// # Errors
    /// As those of [`adapt`](Self::adapt).
    pub fn finalize_state(&mut self) -> Result<()> {
        self.check_adapts()?;
        if self.counts.is_empty() {
            return Ok(());
        }
        let (tokens, weights) = std::mem::take(&mut self.counts).finish(&self.settings);
        let weights = Some(weights.as_slice()).filter(|weights| !weights.is_empty());
        self.put(Known::new(&self.settings, &tokens, weights, true)?);
        Ok(())
    }

    /// Forgets what was taken in since the vocabulary was made.
    pub fn reset_state(&mut self) {
        self.counts = Counts::default();
    }
}
