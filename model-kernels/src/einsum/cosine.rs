//! Products of vectors that are divided by their lengths: what a product is multiplied by for it, and the derivatives.

use crate::chunks::{each, rows_per_task};
use crate::float::Float;
use crate::sizes::check;

/// A length below this counts as this.
const LEAST: f64 = 1e-7;

/// `inverse[outer, inner] = 1 / max(length of x[outer, .., inner], 1e-7)`.
pub fn inverse_lengths<T: Float>(x: &[T], [outer, size, inner]: [usize; 3], inverse: &mut [T]) {
    check("lengths", [("input", x.len(), &[outer, size, inner]), ("lengths", inverse.len(), &[outer, inner])]);
    let most = T::from_f64(1.0 / LEAST);
    each([(inverse, rows_per_task(size * inner) * inner)], |task, [inverse]| {
        for (i, inverse) in inverse.chunks_exact_mut(inner).enumerate() {
            let x = &x[(task * rows_per_task(size * inner) + i) * size * inner..][..size * inner];
            for (k, inverse) in inverse.iter_mut().enumerate() {
                let squares = x[k..].iter().step_by(inner).fold(T::ZERO, |sum, &x| sum + x * x);
                let exact = T::ONE / squares.sqrt();
                *inverse = if exact > most { most } else { exact }; // NaN stays
            }
        }
    });
}

/// `y[batch, m, n] *= a[batch, m] * b[batch, n]`.
pub fn scale<T: Float>(y: &mut [T], a: &[T], b: &[T], [batch, m, n]: [usize; 3]) {
    check("lengths", [("products", y.len(), &[batch, m, n]), ("left", a.len(), &[batch, m]), ("right", b.len(), &[batch, n])]);
    let rows = rows_per_task(n);
    each([(y, rows * n)], |task, [y]| {
        for (i, y) in y.chunks_exact_mut(n).enumerate() {
            let row = task * rows + i;
            let (a, b) = (a[row], &b[row / m * n..][..n]);
            y.iter_mut().zip(b).for_each(|(y, &b)| *y = *y * a * b);
        }
    });
}

/// What is multiplied with a length's vector: for rows `Σ d_y · y` over `n`, for columns over `m`.
pub fn sums<T: Float>(y: &[T], d_y: &[T], [batch, m, n]: [usize; 3], rows: &mut [T], columns: &mut [T]) {
    check("lengths", [("products", y.len(), &[batch, m, n]), ("gradient", d_y.len(), &[batch, m, n])]);
    check("lengths", [("left", rows.len(), &[batch, m]), ("right", columns.len(), &[batch, n])]);
    let samples = rows_per_task(m * n);
    each([(rows, samples * m), (columns, samples * n)], |task, [rows, columns]| {
        let first = task * samples * m * n;
        columns.fill(T::ZERO);
        for (i, (rows, columns)) in rows.chunks_exact_mut(m).zip(columns.chunks_exact_mut(n)).enumerate() {
            for (row, sum) in rows.iter_mut().enumerate() {
                *sum = T::ZERO;
                let start = first + (i * m + row) * n;
                let (y, d_y) = (&y[start..][..n], &d_y[start..][..n]);
                for ((&y, &d_y), column) in y.iter().zip(d_y).zip(columns.iter_mut()) {
                    *sum += y * d_y;
                    *column += y * d_y;
                }
            }
        }
    });
}

/// `d_x[outer, .., inner] -= inverse² * sum * x`, where the length was not too small to count.
pub fn through_lengths<T: Float>(x: &[T], [outer, size, inner]: [usize; 3], inverse: &[T], sums: &[T], d_x: &mut [T]) {
    check("lengths", [("input", x.len(), &[outer, size, inner]), ("gradient", d_x.len(), &[outer, size, inner])]);
    check("lengths", [("lengths", inverse.len(), &[outer, inner]), ("sums", sums.len(), &[outer, inner])]);
    let most = T::from_f64(1.0 / LEAST);
    let rows = rows_per_task(inner);
    each([(d_x, rows * inner)], |task, [d_x]| {
        for (i, d_x) in d_x.chunks_exact_mut(inner).enumerate() {
            let row = task * rows + i;
            let (x, of) = (&x[row * inner..][..inner], row / size * inner);
            for (k, (d_x, &x)) in d_x.iter_mut().zip(x).enumerate() {
                let inverse = inverse[of + k];
                if inverse < most {
                    *d_x -= inverse * inverse * sums[of + k] * x;
                }
            }
        }
    });
}
