//! Losses: the mean over all samples and positions, and its gradient, as Keras 3 computes them (`sum_over_batch_size`).
//!
//! `weights`, where given, are one number a sample, or one a row of the last axis; they multiply the losses, and the sum is still divided by the
//! number of losses. `d_output` gets the gradient of the mean; an empty one says that only the loss is wanted.
//! Sums are in `f64`, in an order that depends on sizes only.

mod absolute;
mod binary;
mod categorical;
mod ctc;
mod squared;

pub use absolute::mean_absolute_error;
pub use binary::binary_crossentropy;
pub use categorical::{categorical_crossentropy, sparse_categorical_crossentropy};
pub use ctc::{Ctc, ctc, ctc_gradient};
pub use squared::mean_squared_error;

use crate::chunks::sum_rows;
use crate::float::Float;
use crate::lanes;
use crate::vectorize::vectorize;

/// Probabilities are kept this far from zero and one, as in Keras.
const EPSILON: f64 = 1e-7;

/// The elements whose losses are summed in `T`.
const BLOCK: usize = 1024;

/// What a probability becomes, and how much of its gradient comes through: half at the bounds themselves, as in JAX.
#[inline(always)]
fn clip<T: Float>(p: T) -> (T, T) {
    let (low, high) = (T::from_f64(EPSILON), T::from_f64(1.0 - EPSILON));
    let (half, bounded) = (T::from_f64(0.5), if p < low { low } else { p });
    let bounded = if bounded > high { high } else { bounded };
    let passes = if (p >= low) & (p <= high) { T::ONE } else { T::ZERO };
    (bounded, if (p == low) | (p == high) { half } else { passes })
}

/// The mean over rows of `work(row number, gradient of the row or an empty slice, factor of the gradient) = loss of the row`.
fn mean_of_rows<T: Float>(
    rows: usize,
    row: usize,
    weights: Option<&[T]>,
    d_output: &mut [T],
    work: impl Fn(usize, &mut [T], T) -> T + Sync,
) -> f64 {
    if rows == 0 {
        return 0.0;
    }
    let positions = weights.map_or(1, |weights| (rows / weights.len().max(1)).max(1));
    let size = if d_output.is_empty() { 0 } else { row };
    let sum = sum_rows(rows, row, d_output, |range, d| {
        vectorize(
            #[inline(always)]
            || {
                let mut sum = 0.0;
                for (k, i) in range.enumerate() {
                    let weight = weights.map_or(T::ONE, |weights| weights[i / positions]);
                    let factor = weight / T::from_f64(rows as f64);
                    sum += (weight * work(i, &mut d[k * size..][..size], factor)).to_f64();
                }
                sum
            },
        )
    });
    sum / rows as f64
}

/// The mean of `loss(y_true, y_pred)` over all elements; `slope` is its derivative by `y_pred`.
fn mean_of_elements<T: Float>(
    y_true: &[T],
    y_pred: &[T],
    weights: Option<&[T]>,
    d_output: &mut [T],
    loss: impl Fn(T, T) -> T + Copy + Sync,
    slope: impl Fn(T, T) -> T + Copy + Sync,
) -> f64 {
    let n = y_pred.len();
    // Neighbours of one weight.
    let stretch = weights.map_or(n, |weights| n / weights.len().max(1)).max(1);
    let sum = sum_rows(n, 1, d_output, move |range, d| {
        vectorize(
            #[inline(always)]
            move || {
                let (mut sum, mut at) = (0.0, range.start);
                while at < range.end {
                    let end = ((at / stretch + 1) * stretch).min(range.end).min(at + BLOCK);
                    let (t, y) = (&y_true[at..end], &y_pred[at..end]);
                    let weight = weights.map_or(T::ONE, |weights| weights[at / stretch]);
                    sum += (weight * lanes::sum_of_pairs(t, y, loss)).to_f64();
                    if !d.is_empty() {
                        let factor = weight / T::from_f64(n as f64);
                        for ((d, &t), &y) in d[at - range.start..].iter_mut().zip(t).zip(y) {
                            *d = factor * slope(t, y);
                        }
                    }
                    at = end;
                }
                sum
            },
        )
    });
    sum / n.max(1) as f64
}

#[cfg(test)]
mod tests;
