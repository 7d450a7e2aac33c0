//! Where along an axis the largest or the smallest is; of several that are equal, the first.

use super::along::blocks;
use crate::float::Float;
use crate::sizes::check;

/// The place of the largest, or of the smallest, along the axis of size `n` of `x`, `[outer, n, inner]`, goes to `y`, `[outer, inner]`. What is
/// no number counts as both.
pub fn forward<T: Float>(is_largest: bool, x: &[T], [outer, n, inner]: [usize; 3], y: &mut [T]) {
    check("places", [("input", x.len(), &[outer, n, inner]), ("output", y.len(), &[outer, 1, inner])]);
    blocks(y, inner, |row, y| {
        let x = &x[row * n * inner..][..n * inner];
        for (i, y) in y.iter_mut().enumerate() {
            let mut best = 0;
            for place in 1..n {
                let (found, known) = (x[place * inner + i], x[best * inner + i]);
                let is_better = if is_largest { found > known } else { found < known };
                if is_better || (found.is_nan() && !known.is_nan()) {
                    best = place;
                }
            }
            *y = T::from_f64(best as f64);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_largest_is_found() {
        let x = [1.0_f32, 5.0, 3.0, 5.0, 3.0, 0.0];
        let mut y = [9.0; 2];
        forward(true, &x, [1, 3, 2], &mut y);
        assert_eq!(y, [1.0, 0.0]);
        forward(false, &x, [1, 3, 2], &mut y);
        assert_eq!(y, [0.0, 2.0]);
        let mut y = [9.0; 1];
        forward(true, &[1.0, f32::NAN, 3.0], [1, 3, 1], &mut y);
        assert_eq!(y, [1.0]);
    }
}
