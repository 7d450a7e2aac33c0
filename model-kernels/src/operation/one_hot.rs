//! Numbers of classes as vectors, 1 in their places.

use super::along::blocks;
use crate::float::Float;
use crate::sizes::check;

/// Each of `x`, `[outer, inner]`, as a vector along the axis of size `n` of `y`, `[outer, n, inner]`: all 0 of what is no class's number.
pub fn forward<T: Float>(x: &[T], [outer, n, inner]: [usize; 3], y: &mut [T]) {
    check("vectors of classes", [("input", x.len(), &[outer, 1, inner]), ("output", y.len(), &[outer, n, inner])]);
    blocks(y, n * inner, |row, y| {
        let x = &x[row * inner..][..inner];
        for (class, y) in y.chunks_exact_mut(inner).enumerate() {
            let class = T::from_f64(class as f64);
            y.iter_mut().zip(x).for_each(|(y, &x)| *y = super::truth(x == class));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_class_has_none() {
        let mut y = [9.0; 8];
        forward(&[1.0_f32, 2.0, -1.0, 0.0], [4, 2, 1], &mut y);
        assert_eq!(y, [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    }
}
