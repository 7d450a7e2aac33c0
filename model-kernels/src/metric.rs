//! What metrics count: right answers, each as much as it counts. Whoever calls divides by the number of rows or elements.
//!
//! A mask, where there is one, has a number for each row, or for each stretch of rows or elements: how much these count.

use crate::chunks::sum_rows;
use crate::float::Float;

/// The rows whose largest element is at the same place in both (the first, if there are several).
pub fn categorical_matches<T: Float>(y_true: &[T], y_pred: &[T], classes: usize, mask: Option<&[T]>) -> f64 {
    matches(y_pred.len() / classes.max(1), classes, mask, |i| {
        argmax(&y_true[i * classes..][..classes]) == argmax(&y_pred[i * classes..][..classes])
    })
}

/// The rows whose largest element is at the place that `y_true` names.
pub fn sparse_categorical_matches<T: Float>(y_true: &[i32], y_pred: &[T], classes: usize, mask: Option<&[T]>) -> f64 {
    matches(y_true.len(), classes, mask, |i| usize::try_from(y_true[i]) == Ok(argmax(&y_pred[i * classes..][..classes])))
}

/// The rows in which fewer than `k` elements are above the one at the place of `y_true`'s largest.
pub fn top_k_matches<T: Float>(y_true: &[T], y_pred: &[T], classes: usize, k: usize, mask: Option<&[T]>) -> f64 {
    matches(y_pred.len() / classes.max(1), classes, mask, |i| {
        is_among(&y_pred[i * classes..][..classes], argmax(&y_true[i * classes..][..classes]), k)
    })
}

/// The rows in which fewer than `k` elements are above the one at the place that `y_true` names.
pub fn sparse_top_k_matches<T: Float>(y_true: &[i32], y_pred: &[T], classes: usize, k: usize, mask: Option<&[T]>) -> f64 {
    matches(y_true.len(), classes, mask, |i| {
        usize::try_from(y_true[i]).is_ok_and(|class| class < classes && is_among(&y_pred[i * classes..][..classes], class, k))
    })
}

/// The rows that have the number `y_true` among their first `k`.
pub fn sorted_matches<T: Float>(y_true: &[i32], y_pred: &[T], row: usize, k: usize, mask: Option<&[T]>) -> f64 {
    matches(y_true.len(), row, mask, |i| {
        y_pred[i * row..][..row.min(k)].iter().any(|&number| number == T::from_f64(f64::from(y_true[i])))
    })
}

/// Whether fewer than `k` elements of a row are above one. As in Keras, NaN is above nothing, and all numbers are above it.
fn is_among<T: Float>(row: &[T], place: usize, k: usize) -> bool {
    let own = if row[place].is_nan() { T::NEG_INFINITY } else { row[place] };
    row.iter().filter(|&&other| other > own).count() < k
}

/// The elements that are on `y_true`'s side of `threshold` (0.5 in Keras): above it means one, at it or below zero.
pub fn binary_matches<T: Float>(y_true: &[T], y_pred: &[T], threshold: f64, mask: Option<&[T]>) -> f64 {
    let threshold = T::from_f64(threshold);
    matches(y_pred.len(), 1, mask, |i| y_true[i] == if y_pred[i] > threshold { T::ONE } else { T::ZERO })
}

/// The elements that are exactly equal.
pub fn equals<T: Float>(y_true: &[T], y_pred: &[T], mask: Option<&[T]>) -> f64 {
    matches(y_pred.len(), 1, mask, |i| y_true[i] == y_pred[i])
}

fn matches<T: Float>(rows: usize, row: usize, mask: Option<&[T]>, is_match: impl Fn(usize) -> bool + Sync) -> f64 {
    let stretch = mask.map_or(1, |mask| stretch(rows, mask));
    sum_rows::<f64>(rows, row, &mut [], |range, _| match mask {
        // Numbers of rows are exact in `f64`.
        None => range.filter(|&i| is_match(i)).count() as f64,
        Some(mask) => range.filter(|&i| mask[i / stretch] != T::ZERO && is_match(i)).map(|i| mask[i / stretch].to_f64()).sum(),
    })
}

/// How many rows or elements a number of a mask is for.
fn stretch<T>(rows: usize, mask: &[T]) -> usize {
    (rows / mask.len().max(1)).max(1)
}

/// The place of the first of the largest elements.
pub fn argmax<T: Float>(row: &[T]) -> usize {
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
        assert_eq!(categorical_matches(&y_true, &y_pred, 3, None), 2.0);
        assert_eq!(sparse_categorical_matches(&[1, 1, 2], &y_pred, 3, None), 2.0);
        assert_eq!(sparse_categorical_matches(&[-1, 0, 5], &y_pred, 3, None), 1.0);
        assert_eq!(binary_matches(&[1.0, 0.0, 1.0, 0.0], &[0.51, 0.5, 0.5, 0.2_f32], 0.5, None), 3.0);
    }

    /// As `keras.metrics.sparse_top_k_categorical_accuracy` has it for the same.
    #[test]
    fn ties_are_among_the_largest_and_no_numbers_are_not() {
        let check = |row: [f32; 3], class: i32, k: usize| sparse_top_k_matches(&[class], &row, 3, k, None);
        assert_eq!([check([0.2, 0.2, 0.2], 2, 1), check([0.2, 0.2, 0.1], 2, 2), check([0.2, 0.2, 0.1], 2, 3)], [1.0, 0.0, 1.0]);
        let row = [f32::NAN, 0.5, 0.1];
        assert_eq!([check(row, 1, 1), check(row, 0, 1), check(row, 0, 3), check([f32::NAN; 3], 0, 1)], [1.0, 0.0, 1.0, 1.0]);
    }

    #[test]
    fn what_a_mask_leaves_out_is_passed_over() {
        let y_pred: [f32; 8] = [0.1, 0.9, 0.8, 0.2, 0.3, 0.7, 0.4, 0.6];
        let (labels, mask) = ([1, 0, 1, 0], [1.0, 0.0, 1.0, 1.0]);
        assert_eq!(sparse_categorical_matches(&labels, &y_pred, 2, Some(&mask)), 2.0);
        assert_eq!(binary_matches(&[0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0], &y_pred, 0.5, Some(&mask)), 5.0);
        // One number for two rows.
        assert_eq!(sparse_categorical_matches(&labels, &y_pred, 2, Some(&[0.0, 2.5])), 2.5);
    }

    #[test]
    fn many_rows_are_all_counted() {
        let y: Vec<f32> = (0..300_000).map(|i| (i % 3) as f32).collect();
        assert_eq!(categorical_matches(&y, &y, 3, None), 100_000.0);
    }
}
