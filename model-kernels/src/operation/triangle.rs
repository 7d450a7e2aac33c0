//! Matrices with 0 on one side of a diagonal.

use super::along::{blocks, give};
use crate::float::Float;
use crate::sizes::check;

/// The matrices of `x` with 0 above the `k`-th diagonal, or below it; or that is added to `y`. It is its own derivative.
pub fn run<T: Float>(is_lower: bool, k: i64, x: &[T], [rows, columns]: [usize; 2], y: &mut [T], accumulate: bool) {
    check("matrices", [("input", x.len(), &[y.len()])]);
    check("matrices", [("output", y.len(), &[y.len() / columns.max(1), columns])]);
    blocks(y, columns, |at, y| {
        let diagonal = (at % rows.max(1)) as i64 + k;
        for (column, (y, &x)) in y.iter_mut().zip(&x[at * columns..]).enumerate() {
            let stays = if is_lower { column as i64 <= diagonal } else { column as i64 >= diagonal };
            give(y, if stays { x } else { T::ZERO }, accumulate);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diagonals_are_counted_from_the_first_place() {
        let x = [1.0_f32; 6];
        let mut y = [0.0; 6];
        run(true, 0, &x, [2, 3], &mut y, false);
        assert_eq!(y, [1.0, 0.0, 0.0, 1.0, 1.0, 0.0]);
        run(false, 1, &x, [2, 3], &mut y, true);
        assert_eq!(y, [1.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
    }
}
