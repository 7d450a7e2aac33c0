//! Axes in another order: every element gathers from where it was.

use crate::chunks::{each, rows_per_task};
use crate::float::Float;
use crate::sizes::{check, elements};

/// `to[sample, i, j, ..] = from[sample, i * strides[0] + j * strides[1] + ..]`, or `+=` that. Samples of both follow each other without a gap.
pub fn gather<T: Float>(from: &[T], strides: &[usize], to: &mut [T], shape: &[usize], accumulate: bool) {
    let (Some((&row, outer)), Some((&step, outer_strides))) = (shape.split_last(), strides.split_last()) else { return };
    let (rows, sample) = (rows_per_task(row), elements(shape));
    let batch = to.len() / sample.max(1);
    check("a permutation", [("input", from.len(), &[batch, sample]), ("output", to.len(), &[batch, sample])]);
    each([(to, rows * row)], |task, [to]| {
        for (i, to) in to.chunks_exact_mut(row).enumerate() {
            let mut rest = task * rows + i;
            let mut first = 0;
            for (&size, &stride) in outer.iter().zip(outer_strides).rev() {
                first += rest % size * stride;
                rest /= size;
            }
            for (to, &from) in to.iter_mut().zip(from[rest * sample + first..].iter().step_by(step)) {
                *to = if accumulate { *to + from } else { from };
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_go_where_their_axes_go() {
        let from: Vec<f32> = (0..24).map(|i| i as f32).collect();
        let mut to = vec![1.0; 24];
        gather(&from, &[1, 6, 2], &mut to, &[2, 2, 3], true); // from [2, 3, 2], axes 3, 1, 2
        for (i, &found) in to.iter().enumerate() {
            let (sample, a, b, c) = (i / 12, i / 6 % 2, i / 3 % 2, i % 3);
            assert_eq!(found, 1.0 + (sample * 12 + b * 6 + c * 2 + a) as f32);
        }
    }
}
