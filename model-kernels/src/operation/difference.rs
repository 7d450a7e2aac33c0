//! Differences along an axis: sums of elements that follow each other, each by its factor.

use super::along::{blocks, give};
use crate::float::Float;
use crate::sizes::check;

/// `y[i] = Σ factors[k] * x[i + k]` along the axis of size `n` of `[outer, n, inner]`, which is shorter in `y` by all factors but one.
pub fn forward<T: Float>(factors: impl Iterator<Item = f64> + Clone + Sync, x: &[T], [outer, n, inner]: [usize; 3], y: &mut [T]) {
    let left = (n + 1).saturating_sub(factors.clone().count());
    check("differences", [("input", x.len(), &[outer, n, inner]), ("output", y.len(), &[outer, left, inner])]);
    blocks(y, left * inner, |row, y| {
        let x = &x[row * n * inner..][..n * inner];
        for (i, y) in y.iter_mut().enumerate() {
            let terms = factors.clone().zip(x[i..].iter().step_by(inner));
            *y = terms.fold(T::ZERO, |sum, (factor, &x)| sum + T::from_f64(factor) * x);
        }
    });
}

/// The gradient goes to `d_x`, or is added to it.
pub fn backward<T: Float>(
    factors: impl Iterator<Item = f64> + Clone + Sync,
    d_y: &[T],
    [outer, n, inner]: [usize; 3],
    d_x: &mut [T],
    accumulate: bool,
) {
    let left = (n + 1).saturating_sub(factors.clone().count());
    check("differences", [("gradient", d_x.len(), &[outer, n, inner])]);
    check("differences", [("output's gradient", d_y.len(), &[outer, left, inner])]);
    blocks(d_x, n * inner, |row, d_x| {
        let d_y = &d_y[row * left * inner..][..left * inner];
        for (i, to) in d_x.iter_mut().enumerate() {
            let mut sum = T::ZERO;
            for (k, factor) in factors.clone().enumerate() {
                let from = i.checked_sub(k * inner).and_then(|from| d_y.get(from));
                sum += from.map_or(T::ZERO, |&d| T::from_f64(factor) * d);
            }
            give(to, sum, accumulate);
        }
    });
}
