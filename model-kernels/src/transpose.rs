//! Turning tensors: the middle one of three axes last, or back.

use crate::chunks::{each, rows_per_task};
use crate::float::Float;
use crate::sizes::{check, elements};

/// `y = [outer, columns, rows]` from `x = [outer, rows, columns]`.
pub fn swap<T: Float>(x: &[T], y: &mut [T], [rows, columns]: [usize; 2]) {
    let size = elements(&[rows, columns]);
    let outer = y.len() / size.max(1);
    check("a transposition", [("input", x.len(), &[outer, size]), ("output", y.len(), &[outer, size])]);
    let count = rows_per_task(size);
    each([(y, count * size)], |i, [y]| {
        for (y, x) in y.chunks_exact_mut(size).zip(x[i * count * size..].chunks_exact(size)) {
            for (column, y) in y.chunks_exact_mut(rows).enumerate() {
                y.iter_mut().zip(x[column..].iter().step_by(columns)).for_each(|(y, &x)| *y = x);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_columns() {
        let mut y = [0.0_f32; 12];
        swap(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0], &mut y, [2, 3]);
        assert_eq!(y, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0, 7.0, 10.0, 8.0, 11.0, 9.0, 12.0]);
    }
}
