//! The mean absolute error.

use crate::float::Float;
use crate::loss::mean_of_elements;

/// The mean of `|y_true - y_pred|`. Where both are equal it has the slope 0.
pub fn mean_absolute_error<T: Float>(y_true: &[T], y_pred: &[T], weights: Option<&[T]>, d_output: &mut [T]) -> f64 {
    mean_of_elements(
        y_true,
        y_pred,
        weights,
        d_output,
        #[inline(always)]
        |t, y| (y - t).abs(),
        #[inline(always)]
        |t, y| {
            let below = if y < t { T::ONE } else { T::ZERO };
            if y > t { T::ONE } else { -below }
        },
    )
}
