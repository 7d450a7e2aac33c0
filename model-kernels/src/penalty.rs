//! Penalties on weights: Keras's `L1`, `L2` and `OrthogonalRegularizer`. Each is a sum, in double precision whatever the weights' type, and
//! a gradient that is added to the weight's own.

use crate::chunks::{CHUNK, each, sum_rows};
use crate::elementwise::scaled;
use crate::float::Float;
use crate::vectorize::vectorize;

/// The sums that one sum is made of, so that none waits for another.
const LANES: usize = 8;

/// `sum(|w|)`
pub fn absolute_sum<T: Float>(w: &[T]) -> f64 {
    sum(
        w,
        #[inline(always)]
        |w| w.abs(),
    )
}

/// `sum(w^2)`
pub fn square_sum<T: Float>(w: &[T]) -> f64 {
    sum(
        w,
        #[inline(always)]
        |w| w * w,
    )
}

fn sum<T: Float>(w: &[T], term: impl Fn(f64) -> f64 + Sync) -> f64 {
    sum_rows::<T>(w.len(), 1, &mut [], |range, _| {
        let w = &w[range];
        vectorize(
            #[inline(always)]
            || {
                let mut sums = [0.0; LANES];
                for w in w.chunks(LANES) {
                    sums.iter_mut().zip(w).for_each(|(sum, w)| *sum += term(w.to_f64()));
                }
                sums.iter().sum()
            },
        )
    })
}

/// Adds the gradient of `factor * sum(|w|)`, which is 0 where `w` is.
pub fn add_absolute_gradient<T: Float>(factor: f64, w: &[T], gradient: &mut [T]) {
    let factor = T::from_f64(factor);
    each([(gradient, CHUNK)], |i, [gradient]| {
        let w = &w[i * CHUNK..][..gradient.len()];
        for (gradient, &w) in gradient.iter_mut().zip(w) {
            *gradient += if w > T::ZERO {
                factor
            } else if w < T::ZERO {
                -factor
            } else {
                T::ZERO
            };
        }
    });
}

/// Adds the gradient of `factor * sum(w^2)`.
pub fn add_square_gradient<T: Float>(factor: f64, w: &[T], gradient: &mut [T]) {
    scaled(w, T::from_f64(2.0 * factor), gradient, true);
}

/// The rows or the columns of a matrix.
#[derive(Clone, Copy, Debug)]
pub struct Vectors {
    /// How many there are.
    count: usize,
    /// How many elements each has.
    len: usize,
    /// From a vector to the next.
    step: usize,
    /// From an element to the next.
    stride: usize,
}

/// Keras's bound on what a vector is multiplied by to be of length 1.
const MOST: f64 = 1e7;

impl Vectors {
    /// The rows of a matrix, or its columns.
    #[must_use]
    pub const fn new([rows, columns]: [usize; 2], are_rows: bool) -> Self {
        if are_rows {
            Self { count: rows, len: columns, step: columns, stride: 1 }
        } else {
            Self { count: columns, len: rows, step: 1, stride: columns }
        }
    }

    /// What a mean over pairs is divided by; with no pair there is nothing to divide.
    fn pairs(self) -> f64 {
        (self.count as f64 * (self.count as f64 - 1.0) / 2.0).max(1.0)
    }

    const fn at(self, vector: usize, element: usize) -> usize {
        vector * self.step + element * self.stride
    }

    fn dot<T: Float>(self, w: &[T], a: usize, b: usize) -> f64 {
        (0..self.len).map(|k| w[self.at(a, k)].to_f64() * w[self.at(b, k)].to_f64()).sum()
    }

    /// What a vector is multiplied by to be of length 1.
    fn scale<T: Float>(self, w: &[T], vector: usize) -> f64 {
        (1.0 / self.dot(w, vector, vector).sqrt()).min(MOST)
    }

    /// The mean of `|cos(a, b)|` over all pairs of vectors.
    pub fn mean_cosine<T: Float>(self, w: &[T]) -> f64 {
        let sum: f64 = (0..self.count)
            .map(|a| {
                let scale = self.scale(w, a);
                (0..a).map(|b| (self.dot(w, a, b) * scale * self.scale(w, b)).abs()).sum::<f64>()
            })
            .sum();
        sum / self.pairs()
    }

    /// Adds the gradient of `factor` times that.
    pub fn add_gradient<T: Float>(self, factor: f64, w: &[T], gradient: &mut [T]) {
        let factor = factor / self.pairs();
        for a in 0..self.count {
            let scale = self.scale(w, a);
            for b in (0..self.count).filter(|&b| b != a) {
                let other = self.scale(w, b);
                let cosine = self.dot(w, a, b) * scale * other;
                let sign = if cosine == 0.0 { 0.0 } else { cosine.signum() };
                // A vector that is hardly one is multiplied by a constant.
                let along = if scale < MOST { cosine * scale } else { 0.0 };
                for k in 0..self.len {
                    let towards = w[self.at(b, k)].to_f64() * other - w[self.at(a, k)].to_f64() * along;
                    gradient[self.at(a, k)] += T::from_f64(factor * sign * scale * towards);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(len: usize) -> Vec<f64> {
        (0..len).map(|i| ((i * 37 + 11) % 29) as f64 / 14.5 - 0.9).collect()
    }

    /// Checks a gradient, which is added to, beside differences.
    fn check(penalty: impl Fn(&[f64]) -> f64, add_gradient: impl Fn(&[f64], &mut [f64]), len: usize) {
        let w = weights(len);
        let mut gradient = vec![0.25; len];
        add_gradient(&w, &mut gradient);
        for i in (0..len).step_by(len.div_ceil(50)) {
            let moved = |by: f64| {
                let mut w = w.clone();
                w[i] += by;
                penalty(&w)
            };
            let expected = (moved(1e-6) - moved(-1e-6)) / 2e-6;
            assert!((gradient[i] - 0.25 - expected).abs() < 1e-6, "{i}: {} for {expected}", gradient[i] - 0.25);
        }
    }

    #[test]
    fn gradients_are_those_of_the_sums() {
        for len in [1, 7, 50] {
            check(|w| 0.3 * absolute_sum(w), |w, gradient| add_absolute_gradient(0.3, w, gradient), len);
            check(|w| 0.3 * square_sum(w), |w, gradient| add_square_gradient(0.3, w, gradient), len);
        }
        for are_rows in [true, false] {
            let vectors = Vectors::new([4, 6], are_rows);
            check(|w| 0.3 * vectors.mean_cosine(w), |w, gradient| vectors.add_gradient(0.3, w, gradient), 24);
        }
    }

    #[test]
    fn sums_are_of_all_elements() {
        let w = weights(5 * CHUNK + 3);
        let (absolute, squares) = w.iter().fold((0.0, 0.0), |(a, s), w| (a + w.abs(), s + w * w));
        assert!((absolute_sum(&w) / absolute - 1.0).abs() < 1e-12 && (square_sum(&w) / squares - 1.0).abs() < 1e-12);
        let mut gradient = vec![0.0; w.len()];
        add_absolute_gradient(0.5, &w, &mut gradient);
        assert!(gradient.iter().zip(&w).all(|(gradient, w)| *gradient == 0.5 * w.signum()));
    }

    #[test]
    fn nothing_is_orthogonal_to_all() {
        let mut gradient = vec![0.0; 6];
        let vectors = Vectors::new([2, 3], true);
        vectors.add_gradient(1.0, &[0.0, 0.0, 0.0, 1.0, 2.0, 3.0], &mut gradient);
        assert_eq!((vectors.mean_cosine(&[0.0; 6]), &gradient[..]), (0.0, &[0.0; 6][..]));
        assert_eq!(Vectors::new([1, 3], true).mean_cosine(&[1.0, 2.0, 3.0]), 0.0);
    }
}
