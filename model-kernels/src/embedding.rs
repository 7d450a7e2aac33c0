//! Rows of a table, looked up by their numbers; and the derivative, which adds to rows in the order of the numbers.
//!
//! Numbers are whole and within the table: users' arrays are checked where they are given to a model. Whatever else comes here ends in a panic,
//! never in another row.

use crate::chunks::{PARTS, each, rows_per_task};
use crate::float::Float;
use crate::sizes::check;

/// The row that an element names.
#[inline(always)]
fn row_of<T: Float>(element: T, rows: usize) -> usize {
    let number = element.to_f64();
    let row = number as usize; // saturates, and NaN is 0: the comparison tells
    assert!(
        row < rows && row as f64 == number,
        "embeddings are looked up by whole numbers from 0 to {}, found {number}",
        rows - 1
    );
    row
}

/// `y[i] = table[x[i]]`, rows of `n`.
///
/// # Panics
/// If an element of `x` is not the number of a row.
pub fn forward<T: Float>(x: &[T], table: &[T], n: usize, y: &mut [T]) {
    check("an embedding", [("output", y.len(), &[x.len(), n]), ("table", table.len(), &[table.len() / n, n])]);
    let (rows, count) = (table.len() / n, rows_per_task(n));
    each([(y, count * n)], |task, [y]| {
        for (y, &x) in y.chunks_exact_mut(n).zip(&x[task * count..]) {
            y.copy_from_slice(&table[row_of(x, rows) * n..][..n]);
        }
    });
}

/// `d_table[x[i]] += d_y[i]` in the order of `i`, from zeros unless it accumulates. A task has a part of the table.
///
/// # Panics
/// If an element of `x` is not the number of a row.
pub fn backward<T: Float>(x: &[T], d_y: &[T], n: usize, d_table: &mut [T], accumulate: bool) {
    let rows = d_table.len() / n;
    check("an embedding", [("output's gradient", d_y.len(), &[x.len(), n]), ("table's gradient", d_table.len(), &[rows, n])]);
    let part = rows.div_ceil(PARTS).max(rows_per_task(n));
    each([(d_table, part * n)], |task, [d_table]| {
        if !accumulate {
            d_table.fill(T::ZERO);
        }
        let own = task * part..task * part + d_table.len() / n;
        for (&x, d_y) in x.iter().zip(d_y.chunks_exact(n)) {
            let row = row_of(x, rows);
            if own.contains(&row) {
                let to = &mut d_table[(row - own.start) * n..][..n];
                to.iter_mut().zip(d_y).for_each(|(to, &d)| *to += d);
            }
        }
    });
}

/// Writes out numbers in rows of `n`, `length` numbers in each: 1 in the places of those that occur, or how often each does. A task has a row
/// or some.
///
/// # Panics
/// If an element of `x` is no number of a place.
pub fn encode<T: Float>(x: &[T], length: usize, n: usize, counts: bool, y: &mut [T]) {
    check("an encoding", [("input", x.len(), &[y.len() / n, length]), ("output", y.len(), &[y.len() / n, n])]);
    let count = rows_per_task(n);
    each([(y, count * n)], |task, [y]| {
        y.fill(T::ZERO);
        for (y, x) in y.chunks_exact_mut(n).zip(x[task * count * length..].chunks_exact(length)) {
            for &x in x {
                let place = &mut y[row_of(x, n)];
                *place = if counts { *place + T::ONE } else { T::ONE };
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;
    use crate::testing::{values, with_threads};

    #[test]
    fn rows_are_found_and_added_to() {
        let (table, x) = ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0_f32], [2.0, 0.0, 2.0]);
        let mut y = [0.0; 6];
        forward(&x, &table, 2, &mut y);
        assert_eq!(y, [4.0, 5.0, 0.0, 1.0, 4.0, 5.0]);
        let mut d = [1.0; 6];
        backward(&x, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, &mut d, true);
        assert_eq!(d, [4.0, 5.0, 1.0, 1.0, 7.0, 9.0]);
        backward(&x, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, &mut d, false);
        assert_eq!(d, [3.0, 4.0, 0.0, 0.0, 6.0, 8.0]);
    }

    #[test]
    fn bits_do_not_depend_on_threads() {
        let (rows, n) = (3000, 24);
        let x: Vec<f32> = (0..20_000).map(|i| ((i * 7919) % 97 * 29) as f32).collect();
        let d_y = values::<f32>(x.len() * n, 1);
        let run = |threads| {
            with_threads(threads, || {
                let mut d = vec![0.5; rows * n];
                backward(&x, &d_y, n, &mut d, true);
                d
            })
        };
        assert!(run(1) == run(2) && run(1) == run(5));
    }

    #[test]
    fn whatever_is_no_row_s_number_is_refused() {
        for x in [-1.0, 0.5, 3.0, f32::NAN, f32::INFINITY, 1e30] {
            assert!(catch_unwind(|| forward(&[x], &[0.0; 3], 1, &mut [0.0])).is_err(), "{x}");
        }
    }
}
