//! The activations that act along the last axis: softmax, its logarithm, and sparsemax.

use crate::chunks::{each, rows_per_task};
use crate::float::Float;
use crate::lanes;
use crate::sizes::check;
use crate::vectorize::vectorize;

/// Applies `f` to every row of `y`, which first gets `x` if there is one.
pub fn forward<T: Float>(x: Option<&[T]>, y: &mut [T], row: usize, f: impl Fn(&mut [T]) + Sync) {
    check_rows(y, row);
    let size = rows_per_task(row) * row;
    each([(y, size)], |i, [y]| {
        if let Some(x) = x {
            y.copy_from_slice(&x[i * size..][..y.len()]);
        }
        vectorize(
            #[inline(always)]
            || {
                for row in y.chunks_exact_mut(row.max(1)) {
                    f(row);
                }
            },
        );
    });
}

/// Applies `f` to every row of `y` and of its gradient.
pub fn backward<T: Float>(y: &[T], d_y: &mut [T], row: usize, f: impl Fn(&[T], &mut [T]) + Sync) {
    check_rows(d_y, row);
    let size = rows_per_task(row) * row;
    each([(d_y, size)], |i, [d_y]| {
        vectorize(
            #[inline(always)]
            || {
                let rows = y[i * size..].chunks_exact(row.max(1));
                for (d, y) in d_y.chunks_exact_mut(row.max(1)).zip(rows) {
                    f(y, d);
                }
            },
        );
    });
}

/// Panics unless a slice is whole rows.
fn check_rows<T>(y: &[T], row: usize) {
    check("an activation along rows", [("output", y.len(), &[y.len() / row.max(1), row])]);
}

#[inline(always)]
pub fn softmax<T: Float>(row: &mut [T]) {
    let largest = lanes::maximum(row);
    for x in row.iter_mut() {
        *x = (*x - largest).exp();
    }
    let sum = lanes::sum(
        row,
        #[inline(always)]
        |x| x,
    );
    for x in row.iter_mut() {
        *x /= sum;
    }
}

/// `d_z = y (d_y - sum(y d_y))`.
#[inline(always)]
pub fn softmax_backward<T: Float>(y: &[T], d: &mut [T]) {
    let n = y.len().min(d.len());
    let (y, d) = (&y[..n], &mut d[..n]);
    let dot = lanes::sum_of_pairs(
        y,
        d,
        #[inline(always)]
        |y, d| y * d,
    );
    for i in 0..n {
        d[i] = y[i] * (d[i] - dot);
    }
}

#[inline(always)]
pub fn log_softmax<T: Float>(row: &mut [T]) {
    let largest = lanes::maximum(row);
    let sum = lanes::sum(
        row,
        #[inline(always)]
        |x| (x - largest).exp(),
    );
    let log = sum.ln();
    for x in row.iter_mut() {
        *x = *x - largest - log;
    }
}

/// `d_z = d_y - e^y sum(d_y)`.
#[inline(always)]
pub fn log_softmax_backward<T: Float>(y: &[T], d: &mut [T]) {
    let sum = lanes::sum(
        d,
        #[inline(always)]
        |d| d,
    );
    for (d, y) in d.iter_mut().zip(y) {
        *d -= y.exp() * sum;
    }
}

/// `max(x - t, 0)` with the `t` that makes the sum one, found without sorting (Michelot, 1986): every round averages what is above
/// the last `t`, until nothing more falls below.
#[inline(always)]
pub fn sparsemax<T: Float>(row: &mut [T]) {
    let largest = lanes::maximum(row);
    row.iter_mut().for_each(|x| *x -= largest);
    let (mut threshold, mut kept) = (T::NEG_INFINITY, usize::MAX);
    loop {
        let (mut sum, mut count) = (0.0, 0);
        for &x in row.iter().filter(|&&x| x > threshold) {
            sum += x.to_f64();
            count += 1;
        }
        if count == kept || count == 0 {
            break;
        }
        kept = count;
        threshold = T::from_f64((sum - 1.0) / count as f64);
    }
    row.iter_mut().for_each(|x| *x = lanes::max(*x - threshold, T::ZERO));
}

/// `d_z = d_y - mean(d_y)` over the support, 0 elsewhere.
#[inline(always)]
pub fn sparsemax_backward<T: Float>(y: &[T], d: &mut [T]) {
    let (mut sum, mut count) = (0.0, 0);
    for (_, d) in y.iter().zip(d.iter()).filter(|(y, _)| **y > T::ZERO) {
        sum += d.to_f64();
        count += 1;
    }
    let mean = T::from_f64(sum / f64::from(count.max(1)));
    for (d, &y) in d.iter_mut().zip(y) {
        *d = if y > T::ZERO { *d - mean } else { T::ZERO };
    }
}
