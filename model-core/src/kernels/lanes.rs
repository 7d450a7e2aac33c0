//! Reductions of a row in sixteen lanes, which vectorise and keep one order of summation.

use crate::float::Float;

/// The lanes of a reduction.
const LANES: usize = 16;

/// The larger of two; NaN if either is.
#[inline(always)]
#[allow(clippy::eq_op)] // only NaN differs from itself
pub fn max<T: Float>(a: T, b: T) -> T {
    if a >= b || a != a { a } else { b }
}

/// The smaller of two; NaN if either is.
#[inline(always)]
#[allow(clippy::eq_op)] // only NaN differs from itself
pub fn min<T: Float>(a: T, b: T) -> T {
    if a <= b || a != a { a } else { b }
}

/// Folds `term(i)` for `i` below `len`, with lanes, then the lanes in a tree.
#[inline(always)]
pub fn fold<T: Float>(len: usize, start: T, term: impl Fn(usize) -> T, join: impl Fn(T, T) -> T) -> T {
    let mut lanes = [start; LANES];
    let whole = len / LANES * LANES;
    for base in (0..whole).step_by(LANES) {
        for (k, lane) in lanes.iter_mut().enumerate() {
            *lane = join(*lane, term(base + k));
        }
    }
    for i in whole..len {
        lanes[i - whole] = join(lanes[i - whole], term(i));
    }
    let mut width = LANES / 2;
    while width > 0 {
        for k in 0..width {
            lanes[k] = join(lanes[k], lanes[k + width]);
        }
        width /= 2;
    }
    lanes[0]
}

/// The sum of `term(i)` for `i` below `len`.
#[inline(always)]
pub fn sum<T: Float>(len: usize, term: impl Fn(usize) -> T) -> T {
    fold(
        len,
        T::ZERO,
        term,
        #[inline(always)]
        |a, b| a + b,
    )
}

/// The largest element of a row, negative infinity of an empty one, NaN if any is.
#[inline(always)]
pub fn maximum<T: Float>(row: &[T]) -> T {
    fold(
        row.len(),
        T::NEG_INFINITY,
        #[inline(always)]
        |i| row[i],
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
            assert_eq!(sum(row.len(), |i| row[i]), row.iter().sum::<f64>());
            assert_eq!(maximum(&row), row.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        }
        assert!(maximum(&[1.0, f32::NAN, 2.0]).is_nan());
        assert!(max(1.0, f32::NAN).is_nan() && min(f32::NAN, 1.0).is_nan());
    }
}
