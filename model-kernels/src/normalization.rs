//! Rows divided by their deviation, their root mean square or their length, then scaled and shifted; and the derivative.

use crate::chunks::{each, rows_per_task};
use crate::columns::reduce;
use crate::float::Float;
use crate::lanes::{min, sum, sum_of_pairs};
use crate::sizes::check;
use crate::vectorize::vectorize;

/// What a row is divided by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Divisor {
    /// `sqrt(variance + epsilon)`, after the mean is taken away.
    Deviation {
        /// Added to the variance.
        epsilon: f64,
    },
    /// `sqrt(mean(x^2) + epsilon)`.
    RootMeanSquare {
        /// Added to the mean of the squares.
        epsilon: f64,
    },
    /// `sqrt(sum(x^2))`, at least 1e-12.
    Length,
}

/// The largest inverse of a length.
const LARGEST_INVERSE: f64 = 1e12;

/// What normalised rows are scaled and shifted by.
///
/// Each number is for `inner` elements that follow each other. There are as many as one row takes, or as some rows take together: then the rows
/// take theirs in turn.
#[derive(Clone, Copy, Debug)]
pub struct Affine<'a, T> {
    /// The factors.
    pub gamma: Option<&'a [T]>,
    /// The offsets.
    pub beta: Option<&'a [T]>,
    /// How many elements share a number.
    pub inner: usize,
}

impl<T: Float> Affine<'_, T> {
    /// Multiplies a row with the factors that are its own.
    #[inline(always)]
    fn scale(&self, row: usize, y: &mut [T]) {
        if let Some(gamma) = self.gamma {
            self.for_own(
                gamma,
                row,
                y,
                #[inline(always)]
                |y, gamma| *y *= gamma,
            );
        }
    }

    /// Adds the offsets to a row that are its own.
    #[inline(always)]
    fn shift(&self, row: usize, y: &mut [T]) {
        if let Some(beta) = self.beta {
            self.for_own(
                beta,
                row,
                y,
                #[inline(always)]
                |y, beta| *y += beta,
            );
        }
    }

    #[inline(always)]
    fn for_own(&self, numbers: &[T], row: usize, y: &mut [T], apply: impl Fn(&mut T, T)) {
        let count = y.len() / self.inner;
        let own = &numbers[row * count % numbers.len()..][..count];
        if self.inner == 1 {
            y.iter_mut().zip(own).for_each(|(y, &number)| apply(y, number));
        } else {
            y.chunks_exact_mut(self.inner).zip(own).for_each(|(y, &number)| y.iter_mut().for_each(|y| apply(y, number)));
        }
    }
}

/// `y = gamma * normal + beta` with `normal = x / divisor` for each row of `n`. `normal` and the inverse of each row's divisor are left
/// where there is room for them.
pub fn forward<T: Float>(x: &[T], n: usize, affine: Affine<'_, T>, by: Divisor, [normal, inverse]: [&mut [T]; 2], y: &mut [T]) {
    check("a normalization", [("input", x.len(), &[y.len() / n, n]), ("output", y.len(), &[y.len() / n, n])]);
    let rows = rows_per_task(n);
    each([(y, rows * n), (normal, rows * n), (inverse, rows)], |task, [y, normal, inverse]| {
        vectorize(
            #[inline(always)]
            || {
                for (i, y) in y.chunks_exact_mut(n).enumerate() {
                    let row = task * rows + i;
                    let divisor = normalize(&x[row * n..][..n], by, y);
                    if let Some(inverse) = inverse.get_mut(i) {
                        *inverse = divisor;
                        normal[i * n..][..n].copy_from_slice(y);
                    }
                    affine.scale(row, y);
                    affine.shift(row, y);
                }
            },
        );
    });
}

/// Normalises a row, and gives the inverse of its divisor.
#[inline(always)]
fn normalize<T: Float>(x: &[T], by: Divisor, y: &mut [T]) -> T {
    let count = T::from_f64(x.len() as f64);
    let mean = match by {
        Divisor::Deviation { .. } => {
            sum(
                x,
                #[inline(always)]
                |x| x,
            ) / count
        }
        Divisor::RootMeanSquare { .. } | Divisor::Length => T::ZERO,
    };
    let squares = sum(
        x,
        #[inline(always)]
        |x| (x - mean) * (x - mean),
    );
    let inverse = match by {
        Divisor::Deviation { epsilon } | Divisor::RootMeanSquare { epsilon } => {
            T::ONE / (squares / count + T::from_f64(epsilon)).sqrt()
        }
        Divisor::Length => min(T::ONE / squares.sqrt(), T::from_f64(LARGEST_INVERSE)),
    };
    for (y, &x) in y.iter_mut().zip(x) {
        *y = (x - mean) * inverse;
    }
    inverse
}

/// Calls `write(j, d_gamma, d_beta)` for each of so many numbers, which `inner` elements share: the sums of `d_y * normal` and of `d_y`.
pub fn affine_gradient<T: Float>(normal: &[T], d_y: &[T], [numbers, inner]: [usize; 2], mut write: impl FnMut(usize, T, T)) {
    if inner == 1 {
        return reduce(
            numbers,
            [normal, d_y],
            [],
            #[inline(always)]
            |[normal, d_y], []| [normal * d_y, d_y],
            |j, [gamma, beta]| write(j, T::from_f64(gamma), T::from_f64(beta)),
        );
    }
    for j in 0..numbers {
        let (mut gamma, mut beta) = (0.0, 0.0);
        for first in (j * inner..d_y.len()).step_by(numbers * inner) {
            let (normal, d_y) = (&normal[first..][..inner], &d_y[first..][..inner]);
            vectorize(
                #[inline(always)]
                || {
                    gamma += sum_of_pairs(
                        normal,
                        d_y,
                        #[inline(always)]
                        |normal, d_y| normal * d_y,
                    )
                    .to_f64();
                    beta += sum(
                        d_y,
                        #[inline(always)]
                        |d_y| d_y,
                    )
                    .to_f64();
                },
            );
        }
        write(j, T::from_f64(gamma), T::from_f64(beta));
    }
}

/// `d_x = inverse * (d - mean(d) - normal * mean(d * normal))` with `d = d_y * gamma`, which becomes of `d_y`; or `+=` that. Without a mean that is
/// taken away there is no `mean(d)`; for a length, the other is a sum, and 0 where the length is too small to be divided by.
pub fn backward<T: Float>(
    [normal, inverse]: [&[T]; 2],
    n: usize,
    affine: Affine<'_, T>,
    by: Divisor,
    d_y: &mut [T],
    d_x: &mut [T],
    accumulate: bool,
) {
    check(
        "a normalization",
        [("gradient", d_x.len(), &[d_y.len() / n, n]), ("output's gradient", d_y.len(), &[d_y.len() / n, n])],
    );
    let (rows, count) = (rows_per_task(n), T::from_f64(n as f64));
    each([(d_x, rows * n), (d_y, rows * n)], |task, [d_x, d]| {
        vectorize(
            #[inline(always)]
            || {
                for (i, (d_x, d)) in d_x.chunks_exact_mut(n).zip(d.chunks_exact_mut(n)).enumerate() {
                    let row = task * rows + i;
                    let (normal, inverse) = (&normal[row * n..][..n], inverse[row]);
                    affine.scale(row, d);
                    let along = sum_of_pairs(
                        d,
                        normal,
                        #[inline(always)]
                        |d, normal| d * normal,
                    );
                    let (mean, along) = match by {
                        Divisor::Deviation { .. } => (
                            sum(
                                d,
                                #[inline(always)]
                                |d| d,
                            ) / count,
                            along / count,
                        ),
                        Divisor::RootMeanSquare { .. } => (T::ZERO, along / count),
                        Divisor::Length if inverse < T::from_f64(LARGEST_INVERSE) => (T::ZERO, along),
                        Divisor::Length => (T::ZERO, T::ZERO),
                    };
                    for (d_x, (&d, &normal)) in d_x.iter_mut().zip(d.iter().zip(normal)) {
                        let value = inverse * (d - mean - normal * along);
                        *d_x = if accumulate { *d_x + value } else { value };
                    }
                }
            },
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_mean_zero_and_variance_one() {
        let x: Vec<f64> = (0..70).map(|i| f64::from((i * 37) % 71)).collect();
        let (mut y, mut normal, mut inverse) = (vec![0.0; 70], vec![0.0; 70], vec![0.0; 2]);
        let (gamma, beta) = (vec![2.0; 35], vec![1.0; 35]);
        let affine = Affine { gamma: Some(&gamma), beta: Some(&beta), inner: 1 };
        forward(&x, 35, affine, Divisor::Deviation { epsilon: 1e-12 }, [&mut normal, &mut inverse], &mut y);
        for (y, normal) in y.chunks(35).zip(normal.chunks(35)) {
            assert!(normal.iter().sum::<f64>().abs() < 1e-9);
            assert!((normal.iter().map(|x| x * x).sum::<f64>() - 35.0).abs() < 1e-9);
            assert!(y.iter().zip(normal).all(|(y, normal)| *y == 2.0 * normal + 1.0));
        }
    }

    #[test]
    fn numbers_are_shared_by_elements_and_taken_by_rows_in_turn() {
        let (x, mut y) = ([3.0, 4.0, 0.0, 0.0, 6.0, 8.0, 0.0, 0.0], [0.0; 8]);
        let affine = Affine { gamma: Some(&[1.0, 2.0]), beta: Some(&[0.0, 5.0]), inner: 2 };
        forward(&x, 2, affine, Divisor::Length, [&mut [], &mut []], &mut y);
        assert_eq!(y.map(|y: f64| (y * 1e6).round() / 1e6), [0.6, 0.8, 5.0, 5.0, 0.6, 0.8, 5.0, 5.0]);
        let mut sums = Vec::new();
        affine_gradient(&x, &[1.0; 8], [2, 2], |j, gamma, beta| sums.push((j, gamma, beta)));
        assert_eq!(sums, [(0, 21.0, 4.0), (1, 0.0, 4.0)]);
    }

    #[test]
    fn what_has_no_length_is_not_turned() {
        let (mut d_x, mut d_y) = ([0.0_f64; 2], [1.0, 2.0]);
        let affine = Affine { gamma: None, beta: None, inner: 1 };
        backward([&[0.0, 0.0], &[1e12]], 2, affine, Divisor::Length, &mut d_y, &mut d_x, false);
        assert_eq!(d_x, [1e12, 2e12]);
    }
}
