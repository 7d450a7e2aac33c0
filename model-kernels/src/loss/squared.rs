//! The mean squared error.

use crate::float::Float;
use crate::loss::mean_of_elements;

/// The mean of `(y_true - y_pred)^2`.
pub fn mean_squared_error<T: Float>(y_true: &[T], y_pred: &[T], weights: Option<&[T]>, d_output: &mut [T]) -> f64 {
    mean_of_elements(
        y_true,
        y_pred,
        weights,
        d_output,
        #[inline(always)]
        |t, y| (y - t) * (y - t),
        #[inline(always)]
        |t, y| (y - t) + (y - t),
    )
}
