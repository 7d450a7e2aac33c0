//! The gradients of attention, from scores that are made again.
#![allow(unsafe_code)] // blocks are pointers

use super::block::{Block, KEYS, ROWS, blocks, exponentiate, share};
use super::product::{Matrix, multiply, transpose};
use super::{Place, Rule, Score, Sizes};
use crate::float::Float;
use crate::lanes;
use crate::pointer::Shared;
use crate::sizes::check;
use crate::vectorize::vectorize;

/// What backward reads besides what scores are made of.
#[derive(Clone, Copy, Debug)]
pub struct Reads<'a, T> {
    /// The values.
    pub value: &'a [T],
    /// What forward gave.
    pub output: &'a [T],
    /// Of each row of scores the logarithm of its sum, as forward gave it.
    pub sums: &'a [T],
    /// The gradient of the output.
    pub d_output: &'a [T],
    /// The gradient of the scores, where they were asked for.
    pub d_scores: Option<&'a [T]>,
}

/// The gradients, which are written.
#[derive(Debug)]
pub struct Gradients<'a, T> {
    /// That of the queries.
    pub query: &'a mut [T],
    /// That of the keys.
    pub key: &'a mut [T],
    /// That of the values.
    pub value: &'a mut [T],
    /// What each sample adds to others that the scores have, [`Score::more`] a sample.
    pub more: &'a mut [T],
}

/// Computes the gradients.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn backward<T: Float>(
    sizes: &Sizes,
    score: &impl Score<T>,
    rule: &Rule<'_, T>,
    reads: Reads<'_, T>,
    gradients: Gradients<'_, T>,
) {
    let Reads { value, output, sums, d_output, d_scores } = reads;
    let Sizes { batch, heads, key_heads, queries, keys, key_dim, value_dim } = *sizes;
    let outputs = [batch, queries, heads, value_dim];
    let values = [batch, keys, key_heads, value_dim];
    let found = d_scores.map_or_else(|| crate::sizes::elements(&sizes.scores()), <[T]>::len);
    check(
        "attention's derivative",
        [
            ("value", value.len(), &values[..]),
            ("output", output.len(), &outputs),
            ("sums", sums.len(), &[batch, heads, queries]),
            ("output's gradient", d_output.len(), &outputs),
            ("scores' gradient", found, &sizes.scores()),
            ("query's gradient", gradients.query.len(), &[batch, queries, heads, key_dim]),
            ("key's gradient", gradients.key.len(), &[batch, keys, key_heads, key_dim]),
            ("value's gradient", gradients.value.len(), &values),
            ("gradient of more", gradients.more.len(), &[batch, score.more()]),
        ],
    );
    assert!(score.more() == 0 || heads == 1, "what more there is belongs to one head");
    score.check(sizes);
    rule.check(sizes);
    let Gradients { query, key, value: d_value, more } = gradients;
    for gradient in [&mut *query, key, d_value, more] {
        gradient.fill(T::ZERO);
    }
    let gradients = [query, key, d_value, more].map(Shared::new);
    let work = [batch, heads, queries, keys, value_dim + score.work(), 2].into_iter().fold(1, usize::saturating_mul);
    share(work, batch * key_heads, |task| {
        let (sample, key_head) = (task / key_heads, task % key_heads);
        // SAFETY: lengths have been checked, and each task has the keys of one head of one sample, and the queries of those that share it.
        unsafe { derive(sizes, score, rule, reads, [sample, key_head], gradients.map(Shared::get)) }
    });
}

/// The gradients of a head of keys, and of the heads of queries that share it.
///
/// # Safety
/// All lengths have been checked, and nobody else uses these heads' gradients meanwhile.
unsafe fn derive<T: Float>(
    sizes: &Sizes,
    score: &impl Score<T>,
    rule: &Rule<'_, T>,
    reads: Reads<'_, T>,
    [sample, key_head]: [usize; 2],
    [d_query, d_key, d_value, more]: [*mut T; 4],
) {
    let (dim, shared) = (sizes.value_dim, sizes.shared());
    // SAFETY: a sample's own part.
    let more = unsafe { more.add(sample * score.more()) };
    let (mut block, mut derived, mut room) = (Block::<T>::new(), Block::<T>::new(), Block::<T>::new());
    for head in key_head * shared..(key_head + 1) * shared {
        for row in (0..sizes.queries).step_by(ROWS) {
            let place = Place { sample, head, row, rows: ROWS.min(sizes.queries - row), key: 0, keys: 0 };
            let range = rule.keys_of(sizes, row, place.rows);
            let [first, pitch] = sizes.query_at(&place, dim);
            let at = |slice: &[T], i: usize| slice[first + i * pitch..].as_ptr();
            // What softmax subtracts from each row's gradients: the sum of the gradients, each times its score.
            let mut dots = [T::ZERO; ROWS];
            for (i, dot) in dots.iter_mut().enumerate().take(place.rows) {
                let [output, d_output] = [reads.output, reads.d_output].map(|slice| &slice[first + i * pitch..][..dim]);
                *dot = lanes::sum_of_pairs(output, d_output, |x, y| x * y);
            }
            let remake = |place: &Place, block: &mut Block<T>| {
                // SAFETY: the place lies within the sizes, and the block holds it.
                unsafe { score.fill(sizes, place, block.pointer(), KEYS) }
                vectorize(
                    #[inline(always)]
                    || {
                        for i in 0..place.rows {
                            // SAFETY: the scores have been written.
                            let row = unsafe { block.row(i, place.keys) };
                            rule.apply(sizes, place, i, row);
                            exponentiate(row, reads.sums[sizes.row(place, place.row + i)]);
                        }
                    },
                );
            };
            let d_row = |d_scores: &'_ [T], place: &Place, i: usize| -> *const T {
                d_scores[sizes.row(place, place.row + i) * sizes.keys + place.key..][..place.keys].as_ptr()
            };
            if let Some(d_scores) = reads.d_scores {
                for place in blocks(place, range.clone()) {
                    remake(&place, &mut block);
                    for (i, dot) in dots.iter_mut().enumerate().take(place.rows) {
                        // SAFETY: the scores have been written; the slice was cut to so many.
                        let (row, d_row) = unsafe {
                            (block.row(i, place.keys), std::slice::from_raw_parts(d_row(d_scores, &place, i), place.keys))
                        };
                        *dot += lanes::sum_of_pairs(row, d_row, |x, y| x * y);
                    }
                }
            }
            for place in blocks(place, range) {
                let &Place { rows, keys, .. } = &place;
                remake(&place, &mut block);
                let [from, apart] = sizes.key_at(&place, dim);
                let values = Matrix { first: reads.value[from..].as_ptr(), pitch: apart };
                let d_means = Matrix { first: at(reads.d_output, 0), pitch };
                // SAFETY: the blocks hold the place, and all else lies within what has been checked.
                unsafe { multiply([rows, dim, keys], d_means, (values, true), (derived.pointer(), KEYS), false) }
                vectorize(
                    #[inline(always)]
                    || {
                        let scale = T::from_f64(rule.scale);
                        for (i, &dot) in dots.iter().enumerate().take(rows) {
                            // SAFETY: both have been written.
                            let (row, d) = unsafe { (block.row(i, keys), derived.row(i, keys)) };
                            let dropped = rule.dropped(sizes, &place, i);
                            if let Some(dropped) = dropped {
                                for (j, d) in (0..).zip(d.iter_mut()) {
                                    *d *= dropped.factor(j);
                                }
                            }
                            if let Some(d_scores) = reads.d_scores {
                                // SAFETY: the slice was cut to so many.
                                let given = unsafe { std::slice::from_raw_parts(d_row(d_scores, &place, i), keys) };
                                for (d, &given) in d.iter_mut().zip(given) {
                                    *d += given;
                                }
                            }
                            for (d, &x) in d.iter_mut().zip(row.iter()) {
                                *d = x * (*d - dot) * scale;
                            }
                            if let Some(dropped) = dropped {
                                for (j, x) in (0..).zip(row.iter_mut()) {
                                    *x *= dropped.factor(j);
                                }
                            }
                        }
                    },
                );
                // SAFETY: as above.
                unsafe {
                    let scores = Matrix { first: block.pointer().cast_const(), pitch: KEYS };
                    transpose([rows, keys], scores, room.pointer(), rows);
                    let turned = Matrix { first: room.pointer().cast_const(), pitch: rows };
                    multiply([keys, rows, dim], turned, (d_means, false), (d_value.add(from), apart), true);
                    score.back(sizes, &place, derived.pointer(), KEYS, room.pointer(), [d_query, d_key, more]);
                }
            }
        }
    }
}
