//! The means of values.
#![allow(unsafe_code)] // blocks are pointers

use super::block::{Block, KEYS, ROWS, blocks, exponentiate, share};
use super::product::{Matrix, multiply};
use super::{Place, Rule, Score, Sizes};
use crate::float::Float;
use crate::lanes;
use crate::pointer::Shared;
use crate::sizes::check;
use crate::vectorize::vectorize;

/// What attention gives.
#[derive(Debug)]
pub struct Outputs<'a, T> {
    /// The means of values, `[batch, queries, heads, value_dim]`.
    pub output: &'a mut [T],
    /// Of each row of scores the logarithm of its sum, infinite where nothing counts, `[batch, heads, queries]`.
    pub sums: &'a mut [T],
    /// The scores after the softmax, `[batch, heads, queries, keys]`, where they are asked for.
    pub scores: Option<&'a mut [T]>,
}

/// Computes the means of the values `[batch, keys, key_heads, value_dim]`. Where nothing counts they are zero.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn forward<T: Float>(sizes: &Sizes, score: &impl Score<T>, rule: &Rule<'_, T>, value: &[T], outputs: Outputs<'_, T>) {
    let Outputs { output, sums, scores } = outputs;
    let Sizes { batch, heads, key_heads, queries, keys, value_dim, .. } = *sizes;
    let found = scores.as_ref().map_or_else(|| crate::sizes::elements(&sizes.scores()), |scores| scores.len());
    check(
        "attention",
        [
            ("value", value.len(), &[batch, keys, key_heads, value_dim][..]),
            ("output", output.len(), &[batch, queries, heads, value_dim]),
            ("sums", sums.len(), &[batch, heads, queries]),
            ("scores", found, &sizes.scores()),
        ],
    );
    score.check(sizes);
    rule.check(sizes);
    let scores = Shared::from_pointer(scores.map_or(std::ptr::null_mut(), <[T]>::as_mut_ptr));
    let (output, sums) = (Shared::new(output), Shared::new(sums));
    let parts = queries.div_ceil(ROWS);
    let work = [batch, heads, queries, keys, value_dim + score.work()].into_iter().fold(1, usize::saturating_mul);
    share(work, batch * heads * parts, |task| {
        let (row, head) = (task % parts * ROWS, task / parts % heads);
        let place = Place { sample: task / parts / heads, head, row, rows: ROWS.min(queries - row), key: 0, keys: 0 };
        // SAFETY: lengths have been checked, and each task writes the rows of its own place.
        unsafe { attend(sizes, score, rule, value, place, [output.get(), sums.get(), scores.get()]) }
    });
}

/// Attends by some queries of a head.
///
/// # Safety
/// All lengths have been checked, and nobody else uses the place's rows meanwhile.
unsafe fn attend<T: Float>(
    sizes: &Sizes,
    score: &impl Score<T>,
    rule: &Rule<'_, T>,
    value: &[T],
    place: Place,
    [output, sums, scores]: [*mut T; 3],
) {
    let dim = sizes.value_dim;
    let [first, pitch] = sizes.query_at(&place, dim);
    // SAFETY: the rows are the place's own.
    let means = |i: usize| unsafe { std::slice::from_raw_parts_mut(output.add(first + i * pitch), dim) };
    let mut block = Block::<T>::new();
    let (mut largest, mut sum) = ([T::NEG_INFINITY; ROWS], [T::ZERO; ROWS]);
    (0..place.rows).for_each(|i| means(i).fill(T::ZERO));
    let range = rule.keys_of(sizes, place.row, place.rows);
    for place in blocks(place, range.clone()) {
        // SAFETY: the place lies within the sizes, and the block holds it.
        unsafe { score.fill(sizes, &place, block.pointer(), KEYS) }
        vectorize(
            #[inline(always)]
            || {
                for i in 0..place.rows {
                    // SAFETY: the scores have been written.
                    let row = unsafe { block.row(i, place.keys) };
                    rule.apply(sizes, &place, i, row);
                    let most = lanes::max(largest[i], lanes::maximum(row));
                    if most == T::NEG_INFINITY {
                        row.fill(T::ZERO);
                        continue;
                    }
                    let factor = if largest[i] == T::NEG_INFINITY { T::ZERO } else { (largest[i] - most).exp() };
                    sum[i] = sum[i] * factor + exponentiate(row, most);
                    largest[i] = most;
                    if factor != T::ONE {
                        means(i).iter_mut().for_each(|mean| *mean *= factor);
                    }
                    if let Some(dropped) = rule.dropped(sizes, &place, i) {
                        for (j, x) in (0..).zip(row.iter_mut()) {
                            *x *= dropped.factor(j);
                        }
                    }
                }
            },
        );
        let [from, apart] = sizes.key_at(&place, dim);
        // SAFETY: as above.
        unsafe {
            let scores = Matrix { first: block.pointer().cast_const(), pitch: KEYS };
            let values = Matrix { first: value.as_ptr().add(from), pitch: apart };
            multiply([place.rows, place.keys, dim], scores, (values, false), (output.add(first), pitch), true);
        }
    }
    for i in 0..place.rows {
        let counts = largest[i] != T::NEG_INFINITY;
        if counts {
            means(i).iter_mut().for_each(|mean| *mean /= sum[i]);
        }
        let logarithm = if counts { largest[i] + sum[i].ln() } else { T::ZERO - T::NEG_INFINITY };
        // SAFETY: the row is the place's own.
        unsafe { *sums.add(sizes.row(&place, place.row + i)) = logarithm }
        largest[i] = logarithm;
    }
    if scores.is_null() {
        return;
    }
    // SAFETY: the rows are the place's own.
    let rows = |i: usize| unsafe {
        std::slice::from_raw_parts_mut(scores.add(sizes.row(&place, place.row + i) * sizes.keys), sizes.keys)
    };
    for i in 0..place.rows {
        rows(i)[..range.start].fill(T::ZERO);
        rows(i)[range.end..].fill(T::ZERO);
    }
    for place in blocks(place, range) {
        let keys = place.key..place.key + place.keys;
        // SAFETY: as above.
        unsafe { score.fill(sizes, &place, block.pointer(), KEYS) }
        vectorize(
            #[inline(always)]
            || {
                for (i, &largest) in largest.iter().enumerate().take(place.rows) {
                    // SAFETY: the scores have been written.
                    let row = unsafe { block.row(i, place.keys) };
                    rule.apply(sizes, &place, i, row);
                    exponentiate(row, largest);
                    rows(i)[keys.clone()].copy_from_slice(row);
                }
            },
        );
    }
}
