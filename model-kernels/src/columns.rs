//! Sums over the rows of `[rows, n]`, column by column: the gradient of a bias, and what batch normalisation reduces.
//!
//! The rows are cut into parts by their number only, blocks of rows are summed in `T` and added up in `f64`, in order.

use crate::chunks::{CHUNK, PARTS, parts};
use crate::float::Float;
use crate::sizes::check;
use crate::vectorize::vectorize;

/// The columns that are summed at a time: enough for memory to be read in long stretches.
pub(crate) const WIDTH: usize = 256;
/// The rows that are summed in `T`.
const BLOCK: usize = 128;

/// Sums of `K` terms for each of up to [`WIDTH`] columns.
type Sums<A, const K: usize> = [[A; WIDTH]; K];

/// `out[j] = sum of x[i, j] over the rows i`, or `out[j] +=` that. `x` is `[rows, n]` with `n = out.len()`.
pub fn column_sums<T: Float>(x: &[T], out: &mut [T], accumulate: bool) {
    let n = out.len();
    reduce(
        n,
        [x],
        [],
        #[inline(always)]
        |x, []| x,
        |j, [sum]| {
            let sum = T::from_f64(sum);
            out[j] = if accumulate { out[j] + sum } else { sum };
        },
    );
}

/// The gradient of a bias of so many filters where it is wanted: the sums of `d_output`'s columns, or `+=` those.
///
/// # Panics
/// If the bias has another length.
pub(crate) fn bias_gradient<T: Float>(work: &str, filters: usize, d_output: &[T], d_bias: Option<&mut [T]>, accumulate: bool) {
    if let Some(d_bias) = d_bias {
        check(work, [("bias's gradient", d_bias.len(), &[filters])]);
        column_sums(d_output, d_bias, accumulate);
    }
}

/// Calls `finish(j, sums)` for every column `j`, where `sums` are those of `term([each input's element], [each parameter of the column])` over
/// all rows.
pub(crate) fn reduce<T: Float, const N: usize, const P: usize, const K: usize>(
    n: usize,
    inputs: [&[T]; N],
    parameters: [&[T]; P],
    term: impl Fn([T; N], [T; P]) -> [T; K] + Sync,
    mut finish: impl FnMut(usize, [f64; K]),
) {
    let rows = inputs[0].len() / n.max(1);
    for start in (0..n).step_by(WIDTH) {
        let width = WIDTH.min(n - start);
        let size = rows.div_ceil(PARTS).max(CHUNK / width);
        let results = parts(rows.div_ceil(size), [[0.0; WIDTH]; K], |part| {
            let parameters = parameters.map(|p| &p[start..start + width]);
            let mut total = [[0.0; WIDTH]; K];
            for first in (part * size..rows.min((part + 1) * size)).step_by(BLOCK) {
                let block = first..(first + BLOCK).min((part + 1) * size).min(rows);
                let offsets = Offsets { start: block.start * n + start, rows: block.len(), n, width };
                vectorize(
                    #[inline(always)]
                    || add_block(&offsets, inputs, parameters, &term, &mut total),
                );
            }
            total
        });
        for j in 0..width {
            finish(start + j, std::array::from_fn(|k| results.iter().map(|sums| sums[k][j]).sum()));
        }
    }
}

/// Where a block of rows and columns lies in the inputs.
struct Offsets {
    start: usize,
    rows: usize,
    n: usize,
    width: usize,
}

/// Adds the sums of one block of rows to `total`.
#[inline(always)]
fn add_block<T: Float, const N: usize, const P: usize, const K: usize>(
    at: &Offsets,
    inputs: [&[T]; N],
    parameters: [&[T]; P],
    term: &impl Fn([T; N], [T; P]) -> [T; K],
    total: &mut Sums<f64, K>,
) {
    let mut sums = [[T::ZERO; WIDTH]; K];
    let fours = at.rows / 4 * 4;
    for row in (0..fours).step_by(4) {
        add_rows::<T, N, P, K, 4>(at, row, inputs, parameters, term, &mut sums);
    }
    for row in fours..at.rows {
        add_rows::<T, N, P, K, 1>(at, row, inputs, parameters, term, &mut sums);
    }
    for (total, sums) in total.iter_mut().zip(&sums) {
        for (total, sum) in total.iter_mut().zip(sums).take(at.width) {
            *total += sum.to_f64();
        }
    }
}

/// Adds `R` rows to `sums`.
#[inline(always)]
fn add_rows<T: Float, const N: usize, const P: usize, const K: usize, const R: usize>(
    at: &Offsets,
    row: usize,
    inputs: [&[T]; N],
    parameters: [&[T]; P],
    term: &impl Fn([T; N], [T; P]) -> [T; K],
    sums: &mut Sums<T, K>,
) {
    let width = at.width.min(WIDTH);
    let rows: [[&[T]; N]; R] =
        std::array::from_fn(|r| std::array::from_fn(|i| &inputs[i][at.start + (row + r) * at.n..][..width]));
    let parameters = parameters.map(|p| &p[..width]);
    for j in 0..width {
        let columns = parameters.map(|p| p[j]);
        let mut sum = [T::ZERO; K];
        for row in &rows {
            let terms = term(row.map(|x| x[j]), columns);
            for k in 0..K {
                sum[k] += terms[k];
            }
        }
        for k in 0..K {
            sums[k][j] += sum[k];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_columns() {
        for (rows, n) in [(1, 1), (7, 3), (1000, 10), (5000, 64), (700, 200), (130_000, 5)] {
            let x: Vec<f32> = (0..rows * n).map(|i| ((i * 37) % 101) as f32 / 101.0).collect();
            let mut sums = vec![1.0; n];
            column_sums(&x, &mut sums, true);
            for (j, sum) in sums.iter().enumerate() {
                let exact = 1.0 + x.iter().skip(j).step_by(n).map(|&x| f64::from(x)).sum::<f64>();
                assert!((f64::from(*sum) - exact).abs() < 1e-6 * exact, "{rows}x{n}: {sum} for {exact}");
            }
        }
    }
}
