//! How texts give a vocabulary.

use model_core::Result;

use super::super::Tokens;
use super::TextVectorization;
use super::tokenizer::TextAxes;

/// Adapting to data.
impl TextVectorization {
    /// Makes the tokens of the texts the vocabulary: those that occur most often first, and among those that occur as often, the last in order
    /// first. What was adapted before is forgotten. Each text is a document.
    ///
    /// # Errors
    /// If the arguments do not fit together, the vocabulary was given, or the texts have no token but those for padding and for unknown words.
    /// The vocabulary is then as it was. Texts without any tokens change nothing.
    pub fn adapt<X: Tokens<String, Dim: TextAxes> + ?Sized>(&mut self, texts: &X) -> Result<()> {
        self.reset_state();
        self.update_state(texts)?;
        self.finalize_state()
    }

    /// Takes in a batch of texts. When there are no more, [`finalize_state`](Self::finalize_state) makes the vocabulary.
    ///
    /// ```
    /// use model_data::preprocessing::TextVectorization;
    ///
    /// let mut words = TextVectorization::new();
    /// for batch in [["a cat", "a dog"], ["a cat", "no cat"]] {
    ///     words.update_state(&batch)?;
    /// }
    /// words.finalize_state()?;
    /// assert_eq!(words.get_vocabulary(false)?, ["cat", "a", "no", "dog"]);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the arguments do not fit together, or the vocabulary was given.
    pub fn update_state<X: Tokens<String, Dim: TextAxes> + ?Sized>(&mut self, texts: &X) -> Result<()> {
        self.check()?;
        self.lookup.check_adapts()?;
        let counts = self.lookup.counts_mut();
        let documents = self.tokenizer.each_token(&texts.array().into_dyn(), |document, token| counts.add(document, token))?;
        counts.end(documents);
        Ok(())
    }

    /// Makes what was taken in the vocabulary. Where there was nothing, nothing changes.
    ///
    /// # Errors
    /// As those of [`adapt`](Self::adapt).
    pub fn finalize_state(&mut self) -> Result<()> {
        self.check()?;
        self.lookup.finalize_state()
    }

    /// Forgets what was taken in since the vocabulary was made.
    pub fn reset_state(&mut self) {
        self.lookup.reset_state();
    }
}
