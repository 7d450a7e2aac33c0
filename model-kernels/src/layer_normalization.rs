//! Rows made to have mean 0 and variance 1, then scaled and shifted; and the derivative.

use crate::chunks::{each, rows_per_task};
use crate::columns::reduce;
use crate::float::Float;
use crate::lanes::{sum, sum_of_pairs};
use crate::sizes::check;
use crate::vectorize::vectorize;

/// What normalised rows are scaled and shifted by, element by element.
#[derive(Clone, Copy, Debug)]
pub struct Affine<'a, T> {
    /// The factors.
    pub gamma: Option<&'a [T]>,
    /// The offsets.
    pub beta: Option<&'a [T]>,
}

/// `y = gamma * normal + beta` with `normal = (x - mean) / sqrt(variance + epsilon)` for each row of `n`. `normal` and each row's inverse
/// deviation are left where there is room for them.
pub fn forward<T: Float>(x: &[T], n: usize, affine: Affine<'_, T>, epsilon: f64, [normal, inverse]: [&mut [T]; 2], y: &mut [T]) {
    check("a normalization", [("input", x.len(), &[y.len() / n, n]), ("output", y.len(), &[y.len() / n, n])]);
    let (rows, epsilon) = (rows_per_task(n), T::from_f64(epsilon));
    each([(y, rows * n), (normal, rows * n), (inverse, rows)], |task, [y, normal, inverse]| {
        vectorize(
            #[inline(always)]
            || {
                for (i, y) in y.chunks_exact_mut(n).enumerate() {
                    let deviation = normalize(&x[(task * rows + i) * n..][..n], epsilon, y);
                    if let Some(inverse) = inverse.get_mut(i) {
                        *inverse = deviation;
                        normal[i * n..][..n].copy_from_slice(y);
                    }
                    if let Some(gamma) = affine.gamma {
                        y.iter_mut().zip(gamma).for_each(|(y, &gamma)| *y *= gamma);
                    }
                    if let Some(beta) = affine.beta {
                        y.iter_mut().zip(beta).for_each(|(y, &beta)| *y += beta);
                    }
                }
            },
        );
    });
}

/// Normalises a row, and gives the inverse of its deviation.
#[inline(always)]
fn normalize<T: Float>(x: &[T], epsilon: T, y: &mut [T]) -> T {
    let count = T::from_f64(x.len() as f64);
    let mean = sum(
        x,
        #[inline(always)]
        |x| x,
    ) / count;
    let squares = sum(
        x,
        #[inline(always)]
        |x| (x - mean) * (x - mean),
    );
    let inverse = T::ONE / (squares / count + epsilon).sqrt();
    for (y, &x) in y.iter_mut().zip(x) {
        *y = (x - mean) * inverse;
    }
    inverse
}

/// Calls `write(j, d_gamma, d_beta)` for every element of a row: the sums of `d_y * normal` and of `d_y`.
pub fn affine_gradient<T: Float>(normal: &[T], d_y: &[T], n: usize, mut write: impl FnMut(usize, T, T)) {
    reduce(
        n,
        [normal, d_y],
        [],
        #[inline(always)]
        |[normal, d_y], []| [normal * d_y, d_y],
        |j, [gamma, beta]| write(j, T::from_f64(gamma), T::from_f64(beta)),
    );
}

/// `d_x = inverse * (d - mean(d) - normal * mean(d * normal))` with `d = d_y * gamma`, which becomes of `d_y`; or `+=` that.
pub fn backward<T: Float>(
    [normal, inverse]: [&[T]; 2],
    n: usize,
    gamma: Option<&[T]>,
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
                    let normal = &normal[row * n..][..n];
                    if let Some(gamma) = gamma {
                        d.iter_mut().zip(gamma).for_each(|(d, &gamma)| *d *= gamma);
                    }
                    let mean = sum(
                        d,
                        #[inline(always)]
                        |d| d,
                    ) / count;
                    let along = sum_of_pairs(
                        d,
                        normal,
                        #[inline(always)]
                        |d, normal| d * normal,
                    ) / count;
                    for (d_x, (&d, &normal)) in d_x.iter_mut().zip(d.iter().zip(normal)) {
                        let value = inverse[row] * (d - mean - normal * along);
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
        let affine = Affine { gamma: Some(&gamma), beta: Some(&beta) };
        forward(&x, 35, affine, 1e-12, [&mut normal, &mut inverse], &mut y);
        for (y, normal) in y.chunks(35).zip(normal.chunks(35)) {
            assert!(normal.iter().sum::<f64>().abs() < 1e-9);
            assert!((normal.iter().map(|x| x * x).sum::<f64>() - 35.0).abs() < 1e-9);
            assert!(y.iter().zip(normal).all(|(y, normal)| *y == 2.0 * normal + 1.0));
        }
    }
}
