//! Attention against plain sums in `f64`, its gradients against differences, and its bits against other numbers of threads.

use super::*;
use crate::testing::{values, with_threads};

fn sizes(batch: usize, [heads, key_heads]: [usize; 2], [queries, keys]: [usize; 2], [key_dim, value_dim]: [usize; 2]) -> Sizes {
    Sizes { batch, heads, key_heads, queries, keys, key_dim, value_dim }
}

/// Whether a query sees a key.
fn sees<T: Float>(sizes: &Sizes, rule: &Rule<'_, T>, [b, h, i, j]: [usize; 4]) -> bool {
    let at = |mask: Option<&[T]>, place: usize| mask.is_none_or(|mask| mask[place] != T::ZERO);
    let both = if rule.has_heads(sizes) { (b * sizes.heads + h) * sizes.queries + i } else { b * sizes.queries + i };
    at(rule.queries, b * sizes.queries + i)
        && rule.keys.iter().all(|mask| at(*mask, b * sizes.keys + j))
        && at(rule.both, both * sizes.keys + j)
        && (!rule.is_causal || j <= i)
        && rule.window.is_none_or(|window| i.abs_diff(j) < window)
}

/// Scores and means by the definition.
fn plain<T: Float>(sizes: &Sizes, rule: &Rule<'_, T>, q: &[T], k: &[T], v: &[T]) -> (Vec<f64>, Vec<f64>) {
    let (mut scores, mut output) = (vec![0.0; sizes.rows() * sizes.keys], vec![0.0; sizes.output()]);
    let Sizes { batch, heads, key_heads, queries, keys, key_dim, value_dim } = *sizes;
    for (b, h, i) in (0..batch).flat_map(|b| (0..heads).flat_map(move |h| (0..queries).map(move |i| (b, h, i)))) {
        let g = h / (heads / key_heads);
        let score = |j: usize| -> f64 {
            let term = |d: usize| {
                q[((b * queries + i) * heads + h) * key_dim + d].to_f64()
                    * k[((b * keys + j) * key_heads + g) * key_dim + d].to_f64()
            };
            rule.scale * (0..key_dim).map(term).sum::<f64>()
        };
        let seen: Vec<usize> = (0..keys).filter(|&j| sees(sizes, rule, [b, h, i, j])).collect();
        let largest = seen.iter().map(|&j| score(j)).fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = seen.iter().map(|&j| (score(j) - largest).exp()).sum();
        for &j in &seen {
            let share = (score(j) - largest).exp() / total;
            scores[((b * heads + h) * queries + i) * keys + j] = share;
            for d in 0..value_dim {
                output[((b * queries + i) * heads + h) * value_dim + d] +=
                    share * v[((b * keys + j) * key_heads + g) * value_dim + d].to_f64();
            }
        }
    }
    (scores, output)
}

fn run<T: Float>(sizes: &Sizes, rule: &Rule<'_, T>, score: &impl Score<T>, v: &[T]) -> (Vec<T>, Vec<T>, Vec<T>) {
    let mut output = vec![T::from_f64(f64::NAN); sizes.output()];
    let mut sums = vec![T::from_f64(f64::NAN); sizes.rows()];
    let mut scores = vec![T::from_f64(f64::NAN); sizes.rows() * sizes.keys];
    let outputs = Outputs { output: &mut output, sums: &mut sums, scores: Some(&mut scores) };
    forward(sizes, score, rule, v, outputs);
    (output, sums, scores)
}

fn mask<T: Float>(len: usize, seed: u64) -> Vec<T> {
    values::<f64>(len, seed).into_iter().map(|x| if x > -0.3 { T::ONE } else { T::ZERO }).collect()
}

#[allow(clippy::type_complexity)] // what each is, the comment says
const SIZES: [(usize, [usize; 2], [usize; 2], [usize; 2]); 5] = [
    (2, [3, 3], [5, 7], [4, 6]),
    (1, [4, 2], [70, 300], [8, 8]),
    (2, [2, 1], [130, 130], [16, 3]),
    (1, [1, 1], [1, 1], [1, 1]),
    (2, [1, 1], [66, 600], [5, 20]),
];

fn check_all<T: Float>(tolerance: f64) {
    for (batch, heads, steps, dims) in SIZES {
        let sizes = sizes(batch, heads, steps, dims);
        let (q, k, v) = (values::<T>(sizes.query(), 1), values::<T>(sizes.key(), 2), values::<T>(sizes.value(), 3));
        let score = Product { query: &q, key: &k, dim: sizes.key_dim };
        let [of_queries, of_keys] = [batch * sizes.queries, batch * sizes.keys].map(|len| mask::<T>(len, 4));
        let (both, apart) = (mask::<T>(batch * sizes.queries * sizes.keys, 5), mask::<T>(sizes.rows() * sizes.keys, 6));
        let base = Rule { scale: 0.7, ..Rule::default() };
        let rules = [
            base,
            Rule { is_causal: true, ..base },
            Rule { window: Some(3), ..base },
            Rule { is_causal: true, window: Some(100), keys: [None, Some(&of_keys)], ..base },
            Rule { queries: Some(&of_queries), keys: [Some(&of_keys), None], ..base },
            Rule { both: Some(&both), ..base },
            Rule { both: Some(&apart), ..base },
        ];
        for rule in rules {
            let (scores, means) = plain(&sizes, &rule, &q, &k, &v);
            let (output, _, found) = run(&sizes, &rule, &score, &v);
            for (found, expected) in found.iter().zip(&scores).chain(output.iter().zip(&means)) {
                let error = (found.to_f64() - expected).abs();
                assert!(error < tolerance, "{sizes:?} {rule:?}: {found} for {expected}");
                assert!(*expected != 0.0 || *found == T::ZERO);
            }
        }
    }
}

#[test]
fn means_are_those_of_plain_sums() {
    check_all::<f32>(1e-5);
    check_all::<f64>(1e-13);
}

#[test]
fn bits_depend_neither_on_threads_nor_on_the_batch() {
    let both = sizes(3, [4, 2], [130, 300], [16, 24]);
    let (q, k, v) = (values::<f32>(both.query(), 1), values::<f32>(both.key(), 2), values::<f32>(both.value(), 3));
    let d = values::<f32>(both.output(), 4);
    let [of_queries, of_keys] = [3 * both.queries, 3 * both.keys].map(|len| mask::<f32>(len, 5));
    let apart = mask::<f32>(both.rows() * both.keys, 6);
    let rule = Rule { scale: 0.25, is_causal: true, dropout: Some((0.3, 9)), ..Rule::default() };
    let rule = Rule { queries: Some(&of_queries), keys: [Some(&of_keys), None], both: Some(&apart), ..rule };
    let score = Product { query: &q, key: &k, dim: 16 };
    let all = |threads| {
        with_threads(threads, || {
            let (output, sums, scores) = run(&both, &rule, &score, &v);
            let mut gradients = [vec![0.0; both.query()], vec![0.0; both.key()], vec![0.0; both.value()]];
            let [query, key, value] = &mut gradients;
            let reads = Reads { value: &v, output: &output, sums: &sums, d_output: &d, d_scores: Some(&scores) };
            backward(&both, &score, &rule, reads, Gradients { query, key, value, more: &mut [] });
            (output, sums, scores, gradients)
        })
    };
    let one = all(1);
    assert!(one == all(2) && one == all(3));
    let together = run(&both, &rule, &score, &v).0;
    let alone = sizes(1, [4, 2], [130, 300], [16, 24]);
    let part = |slice: &[f32]| slice[slice.len() / 3..][..slice.len() / 3].to_vec();
    let (q, k, v) = (part(&q), part(&k), part(&v));
    let found = run(&alone, &rule.of(&both, &(1..2)), &Product { query: &q, key: &k, dim: 16 }, &v).0;
    assert_eq!(found, part(&together));
}

/// The derivative of the sum of all that forward gives, each times a number, along each element.
#[test]
fn gradients_are_differences() {
    const STEP: f64 = 1e-5;
    for (heads, steps, is_causal) in [([2, 1], [5, 6], false), ([1, 1], [3, 270], false), ([1, 1], [67, 4], true)] {
        let sizes = sizes(2, heads, steps, [3, 2]);
        let inputs = [values::<f64>(sizes.query(), 1), values::<f64>(sizes.key(), 2), values::<f64>(sizes.value(), 3)];
        let (d, d_scores) = (values::<f64>(sizes.output(), 4), values::<f64>(sizes.rows() * sizes.keys, 5));
        let rule = Rule { scale: 0.6, is_causal, dropout: Some((0.25, 3)), ..Rule::default() };
        let loss = |inputs: &[Vec<f64>; 3]| -> f64 {
            let score = Product { query: &inputs[0], key: &inputs[1], dim: 3 };
            let (output, _, scores) = run(&sizes, &rule, &score, &inputs[2]);
            let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
            dot(&output, &d) + dot(&scores, &d_scores)
        };
        let score = Product { query: &inputs[0], key: &inputs[1], dim: 3 };
        let (output, sums, _) = run(&sizes, &rule, &score, &inputs[2]);
        let mut gradients = inputs.clone();
        let [query, key, value] = &mut gradients;
        let reads = Reads { value: &inputs[2], output: &output, sums: &sums, d_output: &d, d_scores: Some(&d_scores) };
        backward(&sizes, &score, &rule, reads, Gradients { query, key, value, more: &mut [] });
        for tensor in 0..3 {
            for element in (0..inputs[tensor].len()).step_by(7) {
                let mut moved = inputs.clone();
                moved[tensor][element] += STEP;
                let above = loss(&moved);
                moved[tensor][element] -= 2.0 * STEP;
                let slope = (above - loss(&moved)) / (2.0 * STEP);
                let found = gradients[tensor][element];
                assert!((found - slope).abs() < 1e-7, "{sizes:?}: {tensor} {element} is {found}, expected {slope}");
            }
        }
    }
}
