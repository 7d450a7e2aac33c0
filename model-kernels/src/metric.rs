//! What metrics count: right answers and absolute errors. Whoever calls divides by the number of rows or elements.

use crate::chunks::sum_rows;
use crate::float::Float;

/// The rows whose largest element is at the same place in both (the first, if there are several).
pub fn categorical_matches<T: Float>(y_true: &[T], y_pred: &[T], classes: usize) -> u64 {
    matches(y_pred.len() / classes.max(1), classes, |i| {
        argmax(&y_true[i * classes..][..classes]) == argmax(&y_pred[i * classes..][..classes])
    })
}

/// The rows whose largest element is at the place that `y_true` names.
pub fn sparse_categorical_matches<T: Float>(y_true: &[i32], y_pred: &[T], classes: usize) -> u64 {
    matches(y_true.len(), classes, |i| usize::try_from(y_true[i]) == Ok(argmax(&y_pred[i * classes..][..classes])))
}

/// The elements that are on `y_true`'s side of `threshold` (0.5 in Keras): above it means one, at it or below zero.
pub fn binary_matches<T: Float>(y_true: &[T], y_pred: &[T], threshold: f64) -> u64 {
    let threshold = T::from_f64(threshold);
    matches(y_pred.len(), 1, |i| y_true[i] == if y_pred[i] > threshold { T::ONE } else { T::ZERO })
}

/// The elements that are exactly equal.
pub fn equals<T: Float>(y_true: &[T], y_pred: &[T]) -> u64 {
    matches(y_pred.len(), 1, |i| y_true[i] == y_pred[i])
}

/// The sum of `|y_true - y_pred|`.
pub fn absolute_error<T: Float>(y_true: &[T], y_pred: &[T]) -> f64 {
    sum_rows::<T>(y_pred.len(), 1, &mut [], |range, _| {
        y_true[range.clone()].iter().zip(&y_pred[range]).map(|(&t, &y)| (t - y).abs().to_f64()).sum()
    })
}

fn matches(rows: usize, row: usize, is_match: impl Fn(usize) -> bool + Sync) -> u64 {
    // Numbers of rows are exact in `f64`.
    sum_rows::<f64>(rows, row, &mut [], |range, _| range.filter(|&i| is_match(i)).count() as f64) as u64
}

/// The place of the first of the largest elements.
fn argmax<T: Float>(row: &[T]) -> usize {
    let mut best = 0;
    for (k, x) in row.iter().enumerate() {
        if *x > row[best] {
            best = k;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_are_counted_as_keras_counts_them() {
        let y_pred: [f32; 9] = [0.1, 0.7, 0.2, 0.4, 0.4, 0.2, 0.3, 0.3, 0.4];
        let y_true = [0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
        assert_eq!(categorical_matches(&y_true, &y_pred, 3), 2);
        assert_eq!(sparse_categorical_matches(&[1, 1, 2], &y_pred, 3), 2);
        assert_eq!(sparse_categorical_matches(&[-1, 0, 5], &y_pred, 3), 1);
        assert_eq!(binary_matches(&[1.0, 0.0, 1.0, 0.0], &[0.51, 0.5, 0.5, 0.2_f32], 0.5), 3);
        assert!((absolute_error(&[1.0, 2.0, 3.0], &[1.5, 2.0, 1.0_f64]) - 2.5).abs() < 1e-12);
    }

    #[test]
    fn many_rows_are_all_counted() {
        let y: Vec<f32> = (0..300_000).map(|i| (i % 3) as f32).collect();
        assert_eq!(categorical_matches(&y, &y, 3), 100_000);
        assert_eq!(absolute_error(&y, &vec![0.0; y.len()]), 300_000.0);
    }
}
