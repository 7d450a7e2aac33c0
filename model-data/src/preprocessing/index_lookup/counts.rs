//! How often tokens occur in what a lookup adapts to, and what follows from it.

use std::collections::HashMap;

use super::super::{OutputMode, Token};
use super::settings::Settings;

/// What was seen of a token.
#[derive(Clone, Debug)]
struct Seen {
    count: u64,
    /// In how many documents.
    documents: u64,
    /// The last of them.
    last: u64,
}

/// What was seen so far.
#[derive(Clone, Debug)]
pub(in super::super) struct Counts<T> {
    tokens: HashMap<T, Seen>,
    documents: u64,
}

impl<T> Default for Counts<T> {
    fn default() -> Self {
        Self { tokens: HashMap::new(), documents: 0 }
    }
}

impl<T: Token> Counts<T> {
    /// Takes in a token of a document of a batch, whose documents come one after the other.
    pub fn add(&mut self, document: usize, token: &T::Borrowed) {
        let document = self.documents + document as u64;
        match self.tokens.get_mut(token) {
            Some(seen) => {
                seen.count += 1;
                seen.documents += u64::from(seen.last != document);
                seen.last = document;
            }
            None => {
                self.tokens.insert(token.to_owned(), Seen { count: 1, documents: 1, last: document });
            }
        }
    }

    /// Ends a batch of so many documents.
    pub fn end(&mut self, documents: usize) {
        self.documents += documents as u64;
    }

    /// Whether no token was seen.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The tokens that become the vocabulary, those that occur most often first, and among those that occur as often the last in order; and
    /// what each weighs, `ln(1 + documents / (1 + documents with the token))`, where tokens are weighed.
    pub fn finish(self, settings: &Settings<T>) -> (Vec<T>, Vec<f32>) {
        let is_special = |token: &T| settings.mask_token.as_ref() == Some(token) || settings.oov_token == *token;
        let mut tokens: Vec<(T, Seen)> = self.tokens.into_iter().filter(|(token, _)| !is_special(token)).collect();
        tokens.sort_unstable_by(|(a, seen_a), (b, seen_b)| (seen_b.count, b).cmp(&(seen_a.count, a)));
        tokens.truncate(settings.max_tokens.map_or(usize::MAX, |most| most.saturating_sub(settings.token_start())));
        let weight = |seen: &Seen| (1.0 + self.documents as f64 / (1 + seen.documents) as f64).ln() as f32;
        let is_weighed = settings.output_mode == OutputMode::TfIdf;
        let weights = if is_weighed { tokens.iter().map(|(_, seen)| weight(seen)).collect() } else { vec![] };
        (tokens.into_iter().map(|(token, _)| token).collect(), weights)
    }
}
