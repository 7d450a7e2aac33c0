//! The first half along an axis, times the sigmoid of the second.

use super::along::{blocks, give};
use crate::activation::pointwise::sigmoid;
use crate::float::Float;
use crate::sizes::check;

/// `y = a * sigmoid(b)`, where `a` and `b` are the halves of `x` along the axis of size `n` of `[outer, n, inner]`.
pub fn forward<T: Float>(x: &[T], [outer, n, inner]: [usize; 3], y: &mut [T]) {
    let half = n / 2 * inner;
    check("a gate", [("input", x.len(), &[outer, n, inner]), ("output", y.len(), &[outer, n / 2, inner])]);
    blocks(y, half, |row, y| {
        let (a, b) = x[row * n * inner..][..2 * half].split_at(half);
        for ((y, &a), &b) in y.iter_mut().zip(a).zip(b) {
            *y = a * sigmoid(b);
        }
    });
}

/// The gradient goes to `d_x`, or is added to it.
pub fn backward<T: Float>(x: &[T], [outer, n, inner]: [usize; 3], d_y: &[T], d_x: &mut [T], accumulate: bool) {
    let half = n / 2 * inner;
    check("a gate", [("input", x.len(), &[outer, n, inner]), ("gradient", d_x.len(), &[outer, n, inner])]);
    check("a gate", [("output's gradient", d_y.len(), &[outer, n / 2, inner])]);
    blocks(d_x, 2 * half, |row, d_x| {
        let (a, b) = x[row * n * inner..][..2 * half].split_at(half);
        let (d_a, d_b) = d_x.split_at_mut(half);
        for (i, &d) in d_y[row * half..][..half].iter().enumerate() {
            let share = sigmoid(b[i]);
            give(&mut d_a[i], d * share, accumulate);
            give(&mut d_b[i], d * a[i] * share * (T::ONE - share), accumulate);
        }
    });
}
