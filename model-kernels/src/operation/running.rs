//! Sums and products of all elements along an axis up to each.

use super::along::{blocks, give};
use crate::float::Float;
use crate::sizes::check;

/// `y[i] = x[0] + .. + x[i]` along the axis of size `n` of `[outer, n, inner]`, or the product.
pub fn forward<T: Float>(is_sum: bool, x: &[T], [outer, n, inner]: [usize; 3], y: &mut [T]) {
    check("running sums", [("input", x.len(), &[outer, n, inner]), ("output", y.len(), &[outer, n, inner])]);
    blocks(y, n * inner, |row, y| {
        y.copy_from_slice(&x[row * n * inner..][..n * inner]);
        for i in inner..y.len() {
            y[i] = if is_sum { y[i - inner] + y[i] } else { y[i - inner] * y[i] };
        }
    });
}

/// The gradient goes to `d_x`, or is added to it. `x` and `y` are read where it is the product.
pub fn backward<T: Float>(
    is_sum: bool,
    [x, y]: [&[T]; 2],
    [outer, n, inner]: [usize; 3],
    d_y: &[T],
    d_x: &mut [T],
    accumulate: bool,
) {
    check("running sums", [("gradient", d_x.len(), &[outer, n, inner]), ("output's", d_y.len(), &[outer, n, inner])]);
    blocks(d_x, n * inner, |row, d_x| {
        let block = |all: &'_ [T]| -> std::ops::Range<usize> {
            let start = row * n * inner;
            start..(start + n * inner).min(all.len())
        };
        let d_y = &d_y[block(d_y)];
        for i in 0..inner {
            if !is_sum && x[block(x)][i..].iter().step_by(inner).any(|&x| x == T::ZERO) {
                through_zeros(&x[block(x)][i..], &d_y[i..], inner, &mut d_x[i..], accumulate);
                continue;
            }
            let mut sum = T::ZERO;
            for place in (0..n).rev().map(|place| place * inner + i) {
                let d = if is_sum {
                    sum += d_y[place];
                    sum
                } else {
                    sum += d_y[place] * y[block(y)][place];
                    sum / x[block(x)][place]
                };
                give(&mut d_x[place], d, accumulate);
            }
        }
    });
}

/// Where an element is 0, what it is multiplied by does not follow from the product: it is worked out for each.
fn through_zeros<T: Float>(x: &[T], d_y: &[T], step: usize, d_x: &mut [T], accumulate: bool) {
    let mut before = T::ONE;
    for place in (0..x.len()).step_by(step) {
        let (mut product, mut sum) = (before, T::ZERO);
        for other in (place..x.len()).step_by(step) {
            product = if other == place { product } else { product * x[other] };
            sum += d_y[other] * product;
        }
        give(&mut d_x[place], sum, accumulate);
        before *= x[place];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_are_the_numerical_ones_also_where_elements_are_zero() {
        let mut x: Vec<f64> = (0..48).map(|i| f64::from((i * 7) % 11) / 4.0 - 1.1).collect();
        (x[5], x[9], x[21]) = (0.0, 0.0, 0.0);
        let axes = [2, 6, 4];
        let d_y: Vec<f64> = (0..48).map(|i| f64::from(i % 5) - 1.5).collect();
        for is_sum in [true, false] {
            let run = |x: &[f64]| {
                let mut y = vec![0.0; 48];
                forward(is_sum, x, axes, &mut y);
                y
            };
            let mut d_x = vec![1.0; 48];
            backward(is_sum, [&x, &run(&x)], axes, &d_y, &mut d_x, true);
            for place in 0..48 {
                let moved = |step: f64| {
                    let mut x = x.clone();
                    x[place] += step;
                    run(&x).iter().zip(&d_y).map(|(y, d)| y * d).sum::<f64>()
                };
                let want = 1.0 + (moved(1e-5) - moved(-1e-5)) / 2e-5;
                assert!((d_x[place] - want).abs() < 1e-6, "{is_sum} at {place}: {} for {want}", d_x[place]);
            }
        }
    }
}
