//! Numbers kept between a bound above and below zero, gently: `cap · tanh(x / cap)`.

use crate::chunks::{CHUNK, each};
use crate::float::Float;
use crate::sizes::check;
use crate::vectorize::vectorize;

/// `y = cap · tanh(y / cap)`.
pub fn forward_in_place<T: Float>(cap: T, y: &mut [T]) {
    each([(y, CHUNK)], |_, [y]| {
        vectorize(
            #[inline(always)]
            || y.iter_mut().for_each(|y| *y = (*y / cap).tanh() * cap),
        );
    });
}

/// `d_y *= 1 - (y / cap)²`, where `y` has been kept.
///
/// # Panics
/// If the slices are not of one length.
pub fn backward<T: Float>(cap: T, y: &[T], d_y: &mut [T]) {
    check("a soft cap", [("output's gradient", d_y.len(), &[y.len()])]);
    each([(d_y, CHUNK)], |task, [d_y]| {
        let y = &y[task * CHUNK..][..d_y.len()];
        vectorize(
            #[inline(always)]
            || {
                for (d_y, &y) in d_y.iter_mut().zip(y) {
                    let share = y / cap;
                    *d_y *= T::ONE - share * share;
                }
            },
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_stay_and_large_ones_end_at_the_cap() {
        let mut y = [0.0, 1e-4, -1e9, 1e9_f64];
        forward_in_place(3.0, &mut y);
        assert!((y[1] - 1e-4).abs() < 1e-12);
        assert_eq!([y[0], y[2], y[3]], [0.0, -3.0, 3.0]);
        let mut d = [1.0; 4];
        backward(3.0, &y, &mut d);
        assert!((d[1] - 1.0).abs() < 1e-8);
        assert_eq!([d[0], d[2], d[3]], [1.0, 0.0, 0.0]);
    }
}
