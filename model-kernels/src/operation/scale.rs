//! Vectors along an axis, divided by their lengths, but by no less than a least one.

use super::along::{blocks, give};
use crate::float::Float;
use crate::sizes::check;

/// How long a vector is: the sum of its elements' powers, to the inverse power.
fn length<T: Float>(power: f64, elements: impl Iterator<Item = T>) -> T {
    if power == 2.0 {
        return elements.fold(T::ZERO, |sum, x| sum + x * x).sqrt();
    }
    if power == 1.0 {
        return elements.fold(T::ZERO, |sum, x| sum + x.abs());
    }
    let sum = elements.fold(0.0, |sum, x| sum + libm::pow(x.abs().to_f64(), power));
    T::from_f64(libm::pow(sum, 1.0 / power))
}

/// How the length grows with an element of a vector of this length.
fn slope<T: Float>(power: f64, x: T, length: T) -> T {
    let sign = if x < T::ZERO { -T::ONE } else { T::ONE };
    if length == T::ZERO || x == T::ZERO {
        T::ZERO
    } else if power == 2.0 {
        x / length
    } else if power == 1.0 {
        sign
    } else {
        sign * T::from_f64(libm::pow((x.abs() / length).to_f64(), power - 1.0))
    }
}

/// `y = x / max(length, least)` for vectors along the axis of size `n` of `[outer, n, inner]`.
pub fn forward<T: Float>(power: f64, least: f64, x: &[T], [outer, n, inner]: [usize; 3], y: &mut [T]) {
    check("vectors", [("input", x.len(), &[outer, n, inner]), ("output", y.len(), &[outer, n, inner])]);
    let least = T::from_f64(least);
    blocks(y, n * inner, |row, y| {
        let x = &x[row * n * inner..][..n * inner];
        for i in 0..inner {
            let own = length(power, x[i..].iter().step_by(inner).copied());
            let divisor = if own > least { own } else { least };
            for (y, &x) in y[i..].iter_mut().step_by(inner).zip(x[i..].iter().step_by(inner)) {
                *y = x / divisor;
            }
        }
    });
}

/// The gradient goes to `d_x`, or is added to it.
pub fn backward<T: Float>(
    power: f64,
    least: f64,
    x: &[T],
    [outer, n, inner]: [usize; 3],
    d_y: &[T],
    d_x: &mut [T],
    accumulate: bool,
) {
    check("vectors", [("input", x.len(), &[outer, n, inner]), ("gradient", d_x.len(), &[outer, n, inner])]);
    check("vectors", [("output's gradient", d_y.len(), &[outer, n, inner])]);
    let least = T::from_f64(least);
    blocks(d_x, n * inner, |row, d_x| {
        let [x, d_y] = [x, d_y].map(|all| &all[row * n * inner..][..n * inner]);
        for i in 0..inner {
            let [x, d_y] = [x, d_y].map(|all| all[i..].iter().step_by(inner).copied());
            let own = length(power, x.clone());
            let is_free = own > least;
            let divisor = if is_free { own } else { least };
            let sum = x.clone().zip(d_y.clone()).fold(T::ZERO, |sum, (x, d)| sum + x * d);
            let of_length = if is_free { sum / (divisor * divisor) } else { T::ZERO };
            for ((to, x), d) in d_x[i..].iter_mut().step_by(inner).zip(x).zip(d_y) {
                give(to, d / divisor - of_length * slope(power, x, own), accumulate);
            }
        }
    });
}
