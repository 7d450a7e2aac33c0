//! Scores that are functions of the sums of queries and keys.
#![allow(unsafe_code)] // blocks are pointers

use super::{Place, Score, Sizes};
use crate::float::Float;
use crate::sizes::check;
use crate::vectorize::vectorize;

/// How many features are summed side by side.
const LANES: usize = 16;

/// Scores `sum(outer * tanh(inner * (query + key)))` of queries `[batch, queries, dim]` and keys `[batch, keys, dim]`, of one head.
///
/// The gradients beside are those of `outer` by feature, and behind them what each feature adds to that of `inner`.
#[derive(Clone, Copy, Debug)]
pub struct Additive<'a, T> {
    /// The queries.
    pub query: &'a [T],
    /// The keys.
    pub key: &'a [T],
    /// The features of each.
    pub dim: usize,
    /// What sums are multiplied with.
    pub inner: T,
    /// What the functions are multiplied with, each feature's or one for all.
    pub outer: &'a [T],
}

impl<T: Float> Additive<'_, T> {
    #[inline(always)]
    fn outer(&self, feature: usize) -> T {
        if self.outer.len() == 1 { self.outer[0] } else { self.outer[feature] }
    }

    #[inline(always)]
    fn score(&self, query: &[T], key: &[T]) -> T {
        let mut lanes = [T::ZERO; LANES];
        let ((queries, query), (keys, key)) = (query.as_chunks::<LANES>(), key.as_chunks::<LANES>());
        for (chunk, (query, key)) in queries.iter().zip(keys).enumerate() {
            for k in 0..LANES {
                lanes[k] += self.outer(chunk * LANES + k) * (self.inner * (query[k] + key[k])).tanh();
            }
        }
        for (k, (&query, &key)) in query.iter().zip(key).enumerate() {
            lanes[k] += self.outer(queries.len() * LANES + k) * (self.inner * (query + key)).tanh();
        }
        lanes.into_iter().sum()
    }

    fn rows(&self, sizes: &Sizes, place: &Place) -> [usize; 2] {
        [(place.sample * sizes.queries + place.row) * self.dim, (place.sample * sizes.keys + place.key) * self.dim]
    }
}

impl<T: Float> Score<T> for Additive<'_, T> {
    fn work(&self) -> usize {
        self.dim.saturating_mul(10)
    }

    fn check(&self, sizes: &Sizes) {
        let Sizes { batch, heads, key_heads, queries, keys, key_dim, .. } = *sizes;
        assert!(heads == 1 && key_heads == 1 && key_dim == self.dim, "sums are of one head and of {key_dim} features");
        assert!(self.outer.len() == 1 || self.outer.len() == self.dim, "{} factors are not for {key_dim}", self.outer.len());
        check(
            "attention",
            [("query", self.query.len(), &[batch, queries, key_dim]), ("key", self.key.len(), &[batch, keys, key_dim])],
        );
    }

    fn more(&self) -> usize {
        2 * self.dim
    }

    unsafe fn fill(&self, sizes: &Sizes, place: &Place, block: *mut T, pitch: usize) {
        let [query, key] = self.rows(sizes, place);
        vectorize(
            #[inline(always)]
            || {
                for i in 0..place.rows {
                    let query = &self.query[query + i * self.dim..][..self.dim];
                    for j in 0..place.keys {
                        let score = self.score(query, &self.key[key + j * self.dim..][..self.dim]);
                        // SAFETY: the caller's promise.
                        unsafe { *block.add(i * pitch + j) = score }
                    }
                }
            },
        );
    }

    unsafe fn back(&self, sizes: &Sizes, place: &Place, block: *const T, pitch: usize, _: *mut T, gradients: [*mut T; 3]) {
        let [query, key] = self.rows(sizes, place);
        let [d_query, d_key, more] = gradients;
        let dim = self.dim;
        // SAFETY: the sample's own.
        let (d_outer, d_inner) = unsafe { std::slice::from_raw_parts_mut(more, 2 * dim) }.split_at_mut(dim);
        vectorize(
            #[inline(always)]
            || {
                for i in 0..place.rows {
                    let queries = &self.query[query + i * dim..][..dim];
                    // SAFETY: the place's own queries.
                    let d_queries = unsafe { std::slice::from_raw_parts_mut(d_query.add(query + i * dim), dim) };
                    for j in 0..place.keys {
                        let keys = &self.key[key + j * dim..][..dim];
                        // SAFETY: the place's own keys, and its block.
                        let (d_keys, d) =
                            unsafe { (std::slice::from_raw_parts_mut(d_key.add(key + j * dim), dim), *block.add(i * pitch + j)) };
                        for k in 0..dim {
                            let sum = queries[k] + keys[k];
                            let tanh = (self.inner * sum).tanh();
                            let inside = d * self.outer(k) * (T::ONE - tanh * tanh);
                            d_outer[k] += d * tanh;
                            d_inner[k] += inside * sum;
                            let outside = inside * self.inner;
                            d_queries[k] += outside;
                            d_keys[k] += outside;
                        }
                    }
                }
            },
        );
    }
}
