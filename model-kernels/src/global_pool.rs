//! Pooling over all positions of `[batch, positions, c]`: the average or the largest element of each channel.

use crate::chunks::{each, rows_per_task};
use crate::float::Float;
use crate::lanes;
use crate::sizes::check;
use crate::vectorize::vectorize;

/// `y[b, c] = ` the average of `x[b, :, c]`; `y` is `[batch, c]`.
pub fn average_forward<T: Float>(x: &[T], y: &mut [T], positions: usize, c: usize) {
    let count = T::from_f64(positions as f64);
    fold(x, y, positions, c, T::ZERO, |a, b| a + b);
    let size = rows_per_task(c) * c;
    each([(y, size)], |_, [y]| y.iter_mut().for_each(|y| *y /= count));
}

/// Every position gets `d_y / positions`.
pub fn average_backward<T: Float>(d_y: &[T], d_x: &mut [T], positions: usize, c: usize, accumulate: bool) {
    check_all(d_x, d_y, positions, c);
    let share = T::ONE / T::from_f64(positions as f64);
    each_image(d_x, positions * c, |image, d_x| {
        let d_y = &d_y[image * c..][..c];
        for d_x in d_x.chunks_exact_mut(c) {
            for (d_x, &d_y) in d_x.iter_mut().zip(d_y) {
                *d_x = if accumulate { *d_x + d_y * share } else { d_y * share };
            }
        }
    });
}

/// `y[b, c] = ` the average of `x[b, p, c]` over the positions where `mask[b, p]` is not 0; not a number where there are none.
pub fn masked_average_forward<T: Float>(x: &[T], mask: &[T], y: &mut [T], positions: usize, c: usize) {
    check_all(x, y, positions, c);
    check("a pooling", [("mask", mask.len(), &[y.len() / c.max(1), positions])]);
    each_image(y, c, |image, y| {
        y.fill(T::ZERO);
        let mut count = T::ZERO;
        let x = x[image * positions * c..][..positions * c].chunks_exact(c);
        for (x, _) in x.zip(&mask[image * positions..][..positions]).filter(|(_, mask)| **mask != T::ZERO) {
            count += T::ONE;
            y.iter_mut().zip(x).for_each(|(y, &x)| *y += x);
        }
        y.iter_mut().for_each(|y| *y /= count);
    });
}

/// Every position where the mask is not 0 gets `d_y` by their number.
pub fn masked_average_backward<T: Float>(d_y: &[T], mask: &[T], d_x: &mut [T], positions: usize, c: usize, accumulate: bool) {
    check_all(d_x, d_y, positions, c);
    check("a pooling", [("mask", mask.len(), &[d_y.len() / c.max(1), positions])]);
    each_image(d_x, positions * c, |image, d_x| {
        let (d_y, mask) = (&d_y[image * c..][..c], &mask[image * positions..][..positions]);
        let count = mask.iter().fold(T::ZERO, |count, &mask| if mask == T::ZERO { count } else { count + T::ONE });
        for (d_x, &mask) in d_x.chunks_exact_mut(c).zip(mask) {
            for (d_x, &d_y) in d_x.iter_mut().zip(d_y) {
                let d = if mask == T::ZERO { T::ZERO } else { d_y / count };
                *d_x = if accumulate { *d_x + d } else { d };
            }
        }
    });
}

/// `y[b, c] = ` the largest of `x[b, :, c]`; NaN if any is.
pub fn max_forward<T: Float>(x: &[T], y: &mut [T], positions: usize, c: usize) {
    fold(x, y, positions, c, T::NEG_INFINITY, lanes::max);
}

/// Channels whose state is kept on the stack.
const BLOCK: usize = 64;

/// The largest elements of a channel share its gradient evenly, as in JAX.
pub fn max_backward<T: Float>(x: &[T], y: &[T], d_y: &[T], d_x: &mut [T], c: usize, accumulate: bool) {
    let size = x.len() / (y.len() / c).max(1);
    each_image(d_x, size, |image, d_x| {
        let (x, y, d_y) = (&x[image * size..][..size], &y[image * c..][..c], &d_y[image * c..][..c]);
        for start in (0..c).step_by(BLOCK) {
            let columns = start..(start + BLOCK).min(c);
            let (y, d_y) = (&y[columns.clone()], &d_y[columns.clone()]);
            let mut shares = [T::ZERO; BLOCK];
            for x in x.chunks_exact(c) {
                for ((count, x), y) in shares.iter_mut().zip(&x[columns.clone()]).zip(y) {
                    *count += if x == y { T::ONE } else { T::ZERO };
                }
            }
            shares.iter_mut().zip(d_y).for_each(|(share, &d_y)| *share = d_y / *share);
            for (d_x, x) in d_x.chunks_exact_mut(c).zip(x.chunks_exact(c)) {
                let from = x[columns.clone()].iter().zip(y).zip(&shares);
                for (d_x, ((x, y), &share)) in d_x[columns.clone()].iter_mut().zip(from) {
                    let d = if x == y { share } else { T::ZERO };
                    *d_x = if accumulate { *d_x + d } else { d };
                }
            }
        }
    });
}

/// `y[b, c] = join(..., x[b, p, c])` over the positions in order.
fn fold<T: Float>(x: &[T], y: &mut [T], positions: usize, c: usize, start: T, join: impl Fn(T, T) -> T + Sync) {
    check_all(x, y, positions, c);
    let size = positions * c;
    let images = rows_per_task(size);
    each([(y, images * c)], |i, [y]| {
        vectorize(
            #[inline(always)]
            || {
                for (k, y) in y.chunks_exact_mut(c).enumerate() {
                    y.fill(start);
                    for x in x[(i * images + k) * size..][..size].chunks_exact(c) {
                        for (y, &x) in y.iter_mut().zip(x) {
                            *y = join(*y, x);
                        }
                    }
                }
            },
        );
    });
}

/// Panics unless slices have as many channels as there are of all images, and as many positions.
fn check_all<T: Float>(x: &[T], y: &[T], positions: usize, c: usize) {
    let batch = y.len() / c.max(1);
    check("a pooling", [("input", x.len(), &[batch, positions, c][..]), ("output", y.len(), &[batch, c])]);
}

/// Runs `work(image, its part of d_x)`.
fn each_image<T: Float>(d_x: &mut [T], size: usize, work: impl Fn(usize, &mut [T]) + Sync) {
    let images = rows_per_task(size);
    each([(d_x, images * size)], |i, [d_x]| {
        vectorize(
            #[inline(always)]
            || {
                for (k, d_x) in d_x.chunks_exact_mut(size).enumerate() {
                    work(i * images + k, d_x);
                }
            },
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_gradients_are_those_of_the_formulas() {
        let (batch, positions, c) = (3, 5, 70);
        let x: Vec<f64> = (0..batch * positions * c).map(|i| ((i * 31) % 17) as f64).collect();
        let (mut average, mut largest) = (vec![0.0; batch * c], vec![0.0; batch * c]);
        average_forward(&x, &mut average, positions, c);
        max_forward(&x, &mut largest, positions, c);
        let d_y: Vec<f64> = (0..batch * c).map(|i| i as f64 - 50.0).collect();
        let (mut of_average, mut of_max) = (vec![1.0; x.len()], vec![7.0; x.len()]);
        average_backward(&d_y, &mut of_average, positions, c, true);
        max_backward(&x, &largest, &d_y, &mut of_max, c, false);
        for (b, j) in (0..batch).flat_map(|b| (0..c).map(move |j| (b, j))) {
            let at = |p: usize| (b * positions + p) * c + j;
            let column: Vec<f64> = (0..positions).map(|p| x[at(p)]).collect();
            let most = column.iter().copied().fold(0.0, f64::max);
            let ties = column.iter().filter(|&&x| x == most).count() as f64;
            assert_eq!(largest[b * c + j], most);
            assert!((average[b * c + j] - column.iter().sum::<f64>() / 5.0).abs() < 1e-12);
            for p in 0..positions {
                let d = d_y[b * c + j];
                assert!((of_average[at(p)] - 1.0 - d / 5.0).abs() < 1e-12);
                assert!((of_max[at(p)] - if column[p] == most { d / ties } else { 0.0 }).abs() < 1e-12);
            }
        }
    }
}
