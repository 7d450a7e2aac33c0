//! Attention: each query's mean of values, weighted by the softmax of its scores with the keys.
//!
//! Scores are made and used up block by block of queries and keys, with sums that are put right as larger scores come, so that no matrix of
//! all queries and keys is kept (Dao et al. 2022); backward makes them again. How blocks are cut, and so the order of every sum, follows from
//! sizes alone. What makes a score is a [`Score`]: the product of query and key, or a function of their sum.

mod additive;
mod backward;
mod block;
mod forward;
mod product;
#[cfg(test)]
mod tests;

pub use additive::Additive;
pub use backward::{Gradients, Reads, backward};
pub use forward::{Outputs, forward};
pub use product::Product;

use std::ops::Range;

use crate::float::Float;
use crate::sizes::{check, elements};

/// The sizes of attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// The samples.
    pub batch: usize,
    /// The heads of queries.
    pub heads: usize,
    /// The heads of keys and values, which divide those of queries.
    pub key_heads: usize,
    /// The queries of each sample.
    pub queries: usize,
    /// The keys of each sample.
    pub keys: usize,
    /// The features of a head's queries and keys.
    pub key_dim: usize,
    /// The features of a head's values.
    pub value_dim: usize,
}

impl Sizes {
    /// The elements of all queries, `[batch, queries, heads, key_dim]`.
    #[must_use]
    pub fn query(&self) -> usize {
        elements(&[self.batch, self.queries, self.heads, self.key_dim])
    }

    /// The elements of all keys, `[batch, keys, key_heads, key_dim]`.
    #[must_use]
    pub fn key(&self) -> usize {
        elements(&[self.batch, self.keys, self.key_heads, self.key_dim])
    }

    /// The elements of all values, `[batch, keys, key_heads, value_dim]`.
    #[must_use]
    pub fn value(&self) -> usize {
        elements(&[self.batch, self.keys, self.key_heads, self.value_dim])
    }

    /// The elements of all outputs, `[batch, queries, heads, value_dim]`.
    #[must_use]
    pub fn output(&self) -> usize {
        elements(&[self.batch, self.queries, self.heads, self.value_dim])
    }

    /// The rows of scores, `[batch, heads, queries]`.
    #[must_use]
    pub fn rows(&self) -> usize {
        elements(&[self.batch, self.heads, self.queries])
    }

    /// The scores, `[batch, heads, queries, keys]`.
    fn scores(&self) -> [usize; 4] {
        [self.batch, self.heads, self.queries, self.keys]
    }

    /// The heads of queries that share one of keys.
    const fn shared(&self) -> usize {
        self.heads / self.key_heads
    }

    /// Where a head's row of queries begins, and how far the next is.
    const fn query_at(&self, place: &Place, dim: usize) -> [usize; 2] {
        let pitch = self.heads * dim;
        [(place.sample * self.queries + place.row) * pitch + place.head * dim, pitch]
    }

    /// Where a head's row of keys begins, and how far the next is.
    const fn key_at(&self, place: &Place, dim: usize) -> [usize; 2] {
        let pitch = self.key_heads * dim;
        [(place.sample * self.keys + place.key) * pitch + place.head / self.shared() * dim, pitch]
    }

    /// Which of the rows of scores this is, in a row of queries.
    const fn row(&self, place: &Place, query: usize) -> usize {
        (place.sample * self.heads + place.head) * self.queries + query
    }
}

/// Where some of the samples have their elements, of as many that all have.
#[must_use]
pub fn samples_of(batch: usize, elements: usize, samples: &Range<usize>) -> Range<usize> {
    let each = elements / batch.max(1);
    samples.start * each..samples.end * each
}

/// Which scores count, and how much.
#[derive(Clone, Copy, Debug)]
pub struct Rule<'a, T> {
    /// What scores are multiplied with before the softmax.
    pub scale: f64,
    /// Whether a query sees no key behind it.
    pub is_causal: bool,
    /// A query sees only keys that are fewer steps than this away.
    pub window: Option<usize>,
    /// What is not zero where a query sees anything, `[batch, queries]`.
    pub queries: Option<&'a [T]>,
    /// What is not zero where a key is seen, `[batch, keys]`, twice.
    pub keys: [Option<&'a [T]>; 2],
    /// What is not zero where a query sees a key, `[batch, queries, keys]` or `[batch, heads, queries, keys]`.
    pub both: Option<&'a [T]>,
    /// The share of scores that are dropped after the softmax, and the key that they follow from.
    pub dropout: Option<(f64, u64)>,
    /// The rows of scores before the first, which samples have that are attended to elsewhere: what is dropped of a row follows from its number.
    pub before: usize,
}

impl<T> Default for Rule<'_, T> {
    fn default() -> Self {
        Self { scale: 1.0, is_causal: false, window: None, queries: None, keys: [None; 2], both: None, dropout: None, before: 0 }
    }
}

impl<'a, T: Float> Rule<'a, T> {
    /// The rule for some of the samples.
    #[must_use]
    pub fn of(&self, sizes: &Sizes, samples: &Range<usize>) -> Self {
        let cut = |mask: Option<&'a [T]>| mask.map(|mask| &mask[samples_of(sizes.batch, mask.len(), samples)]);
        let before = self.before + sizes.heads * sizes.queries * samples.start;
        Self { queries: cut(self.queries), keys: self.keys.map(cut), both: cut(self.both), before, ..*self }
    }

    /// Panics unless masks are as long as the sizes say.
    fn check(&self, sizes: &Sizes) {
        let Sizes { batch, heads, key_heads, queries, keys, .. } = *sizes;
        assert!(key_heads > 0 && heads.is_multiple_of(key_heads), "{key_heads} heads of keys divide {heads} of queries");
        let length = |mask: Option<&[T]>, of: usize| mask.map_or(of, <[T]>::len);
        let [row, column] = [[batch, queries], [batch, keys]];
        check("attention", [("mask of queries", length(self.queries, elements(&row)), &row)]);
        for mask in self.keys {
            check("attention", [("mask of keys", length(mask, elements(&column)), &column)]);
        }
        if let Some(both) = self.both {
            let all = elements(&[batch, heads, queries, keys]);
            let is_known = both.len() == all || both.len() == elements(&[batch, queries, keys]);
            assert!(is_known, "the mask of attention has {} elements, expected {batch} x {queries} x {keys}", both.len());
        }
    }

    /// Whether the mask of both has heads of its own.
    fn has_heads(&self, sizes: &Sizes) -> bool {
        self.both.is_some_and(|both| both.len() == elements(&sizes.scores()))
    }

    /// The keys that any of some queries may see, masks aside.
    fn keys_of(&self, sizes: &Sizes, row: usize, rows: usize) -> Range<usize> {
        let end = if self.is_causal { (row + rows).min(sizes.keys) } else { sizes.keys };
        match self.window {
            None => 0..end,
            Some(window) => {
                let reach = window.saturating_sub(1);
                let end = end.min((row + rows).saturating_add(reach));
                row.saturating_sub(reach).min(end)..end
            }
        }
    }
}

/// A block of scores: of a sample's head, some queries with some keys.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The sample.
    sample: usize,
    /// The head of queries.
    head: usize,
    /// The first query.
    row: usize,
    /// How many queries there are.
    rows: usize,
    /// The first key.
    key: usize,
    /// How many keys there are.
    keys: usize,
}

/// What makes scores.
#[allow(unsafe_code)] // blocks are passed on as pointers
pub trait Score<T: Float>: Sync {
    /// The multiplications that a score takes, about.
    fn work(&self) -> usize;

    /// Panics unless what scores are made of is as long as the sizes say.
    fn check(&self, sizes: &Sizes);

    /// The elements of gradients besides those of queries and keys that each sample has.
    fn more(&self) -> usize;

    /// Writes the scores of a block, in rows of `pitch`.
    ///
    /// # Safety
    /// The sizes have been checked, the place lies within them, and the block is valid.
    unsafe fn fill(&self, sizes: &Sizes, place: &Place, block: *mut T, pitch: usize);

    /// Adds what a block's gradients, in rows of `pitch`, make of the gradients of queries, keys and what more there is, the sample's own. `room`
    /// is as large as the block is.
    ///
    /// # Safety
    /// As [`fill`](Self::fill); nobody else uses the place's queries and keys, and the sample's own gradients, meanwhile.
    unsafe fn back(&self, sizes: &Sizes, place: &Place, block: *const T, pitch: usize, room: *mut T, gradients: [*mut T; 3]);
}
