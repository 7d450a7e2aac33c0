//! Reductions of a row in sixteen lanes, which vectorise and keep one order of summation.

use crate::float::Float;

/// The lanes of a reduction.
const LANES: usize = 16;

/// The larger of two; NaN if either is.
#[inline(always)]
#[allow(clippy::eq_op)] // only NaN differs from itself
pub fn max<T: Float>(a: T, b: T) -> T {
    if (a >= b) | (a != a) { a } else { b }
}

/// The smaller of two; NaN if either is.
#[inline(always)]
#[allow(clippy::eq_op)] // only NaN differs from itself
pub fn min<T: Float>(a: T, b: T) -> T {
    if (a <= b) | (a != a) { a } else { b }
}

/// Folds `term(x)` over the elements of a row, with lanes, then the lanes in a tree.
#[inline(always)]
fn fold<T: Float>(row: &[T], start: T, term: impl Fn(T) -> T, join: impl Fn(T, T) -> T) -> T {
    let mut lanes = [start; LANES];
    let (whole, rest) = row.as_chunks::<LANES>();
    for chunk in whole {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = join(*lane, term(x));
        }
    }
    for (lane, &x) in lanes.iter_mut().zip(rest) {
        *lane = join(*lane, term(x));
    }
    tree(lanes, join)
}

/// Joins the lanes in a tree.
#[inline(always)]
fn tree<T: Float>(mut lanes: [T; LANES], join: impl Fn(T, T) -> T) -> T {
    let mut width = LANES / 2;
    while width > 0 {
        for k in 0..width {
            lanes[k] = join(lanes[k], lanes[k + width]);
        }
        width /= 2;
    }
    lanes[0]
}

/// The sum of `term(x)` over a row.
#[inline(always)]
pub fn sum<T: Float>(row: &[T], term: impl Fn(T) -> T) -> T {
    fold(
        row,
        T::ZERO,
        term,
        #[inline(always)]
        |a, b| a + b,
    )
}

/// The sum of `term(x, y)` over two rows of one length.
#[inline(always)]
pub fn sum_of_pairs<T: Float>(x: &[T], y: &[T], term: impl Fn(T, T) -> T) -> T {
    let mut lanes = [T::ZERO; LANES];
    let ((xs, x), (ys, y)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
    for (x, y) in xs.iter().zip(ys) {
        for k in 0..LANES {
            lanes[k] += term(x[k], y[k]);
        }
    }
    for ((lane, &x), &y) in lanes.iter_mut().zip(x).zip(y) {
        *lane += term(x, y);
    }
    tree(
        lanes,
        #[inline(always)]
        |a, b| a + b,
    )
}

/// The largest element of a row, negative infinity of an empty one, NaN if any is.
#[inline(always)]
pub fn maximum<T: Float>(row: &[T]) -> T {
    fold(
        row,
        T::NEG_INFINITY,
        #[inline(always)]
        |x| x,
        max,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reductions_take_every_element() {
        for len in [0, 1, 15, 16, 17, 100] {
            let row: Vec<f64> = (0..len).map(|i| f64::from((i * 7) % 31) - 40.0).collect();
            assert_eq!(sum(&row, |x| x), row.iter().sum::<f64>());
            assert_eq!(sum_of_pairs(&row, &row, |x, y| x - 2.0 * y), -row.iter().sum::<f64>());
            assert_eq!(maximum(&row), row.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        }
        assert!(maximum(&[1.0, f32::NAN, 2.0]).is_nan());
        assert!(max(1.0, f32::NAN).is_nan() && min(f32::NAN, 1.0).is_nan());
    }
}
