//! The mean squared error.

use crate::float::Float;
use crate::kernels::lanes;
use crate::kernels::loss::mean_of_rows;

/// The mean of `(y_true - y_pred)^2`, over rows of `row`, then over the rows.
pub fn mean_squared_error<T: Float>(y_true: &[T], y_pred: &[T], row: usize, weights: Option<&[T]>, d_output: &mut [T]) -> f64 {
    let share = T::ONE / T::from_f64(row as f64);
    mean_of_rows(
        y_pred.len() / row.max(1),
        row,
        weights,
        d_output,
        #[inline(always)]
        |i, d, factor| {
            let (y_true, y_pred) = (&y_true[i * row..][..row], &y_pred[i * row..][..row]);
            let scale = factor * share * T::from_f64(2.0);
            for ((d, &y), &t) in d.iter_mut().zip(y_pred).zip(y_true) {
                *d = scale * (y - t);
            }
            lanes::sum(
                row,
                #[inline(always)]
                |k| (y_true[k] - y_pred[k]) * (y_true[k] - y_pred[k]),
            ) * share
        },
    )
}
