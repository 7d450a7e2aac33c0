//! The rectified linear unit with slopes below zero that are weights: one for each element of a sample, or shared along some axes.

use crate::chunks::{each, rows_per_task};
use crate::columns::reduce;
use crate::float::Float;
use crate::sizes::{check, elements};
use crate::vectorize::vectorize;

/// The shapes of a sample and of the slopes, which have 1 in place of the axes that share.
#[derive(Clone, Copy, Debug)]
pub struct Shapes<'a> {
    /// A sample's.
    pub sample: &'a [usize],
    /// The slopes'.
    pub slopes: &'a [usize],
}

impl Shapes<'_> {
    /// The size of the last axis of a sample, and of the slopes.
    fn row(&self) -> [usize; 2] {
        [self.sample, self.slopes].map(|shape| shape.last().copied().unwrap_or(1))
    }

    /// Where the slopes of a row begin, rows being counted through all samples.
    fn slopes_of(&self, row: usize) -> usize {
        let (mut rest, mut stride, mut first) = (row, self.row()[1], 0);
        for (&size, &slopes) in self.sample.iter().zip(self.slopes).rev().skip(1) {
            first += if slopes == 1 { 0 } else { rest % size * stride };
            (rest, stride) = (rest / size, stride * slopes);
        }
        first
    }
}

/// `y = x` above zero, `slope * x` below.
pub fn forward<T: Float>(shapes: &Shapes<'_>, x: &[T], slopes: &[T], y: &mut [T]) {
    each_row(shapes, y, |at, y, first| {
        let x = &x[at..][..y.len()];
        with_slopes(
            shapes,
            &slopes[first..],
            y,
            #[inline(always)]
            |i, y, slope| *y = if x[i] < T::ZERO { slope * x[i] } else { x[i] },
        );
    });
}

/// `d_x = d_y` above zero, `slope * d_y` below, 0 at zero; or `+=` that.
pub fn backward<T: Float>(shapes: &Shapes<'_>, x: &[T], slopes: &[T], d_y: &[T], d_x: &mut [T], accumulate: bool) {
    each_row(shapes, d_x, |at, d_x, first| {
        let (x, d_y) = (&x[at..][..d_x.len()], &d_y[at..][..d_x.len()]);
        with_slopes(
            shapes,
            &slopes[first..],
            d_x,
            #[inline(always)]
            |i, d_x, slope| {
                let above = if x[i] > T::ZERO { d_y[i] } else { T::ZERO };
                let d = if x[i] < T::ZERO { slope * d_y[i] } else { above };
                *d_x = if accumulate { *d_x + d } else { d };
            },
        );
    });
}

/// The slopes' gradients: the sums of `x * d_y` below zero, or `+=` those. `sums` has room for a sample.
pub fn slope_gradient<T: Float>(shapes: &Shapes<'_>, x: &[T], d_y: &[T], d_slopes: &mut [T], sums: &mut [T], accumulate: bool) {
    check(
        "a rectified unit",
        [("slopes' gradient", d_slopes.len(), shapes.slopes), ("room for a sample", sums.len(), shapes.sample)],
    );
    reduce(
        sums.len(),
        [x, d_y],
        [],
        #[inline(always)]
        |[x, d_y], []| [if x < T::ZERO { x * d_y } else { T::ZERO }],
        |j, [sum]| sums[j] = T::from_f64(sum),
    );
    if !accumulate {
        d_slopes.fill(T::ZERO);
    }
    let [row, slopes] = shapes.row();
    for (i, sums) in sums.chunks_exact(row.max(1)).enumerate() {
        let d_slopes = &mut d_slopes[shapes.slopes_of(i)..];
        for (j, &sum) in sums.iter().enumerate() {
            d_slopes[if slopes == 1 { 0 } else { j }] += sum;
        }
    }
}

/// Runs `work(first element, row, first slope)` for every row.
fn each_row<T: Float>(shapes: &Shapes<'_>, target: &mut [T], work: impl Fn(usize, &mut [T], usize) + Sync) {
    let sample = elements(shapes.sample);
    check("a rectified unit", [("output", target.len(), &[target.len() / sample.max(1), sample])]);
    let [row, _] = shapes.row();
    let rows = rows_per_task(row);
    each([(target, rows * row)], |task, [target]| {
        vectorize(
            #[inline(always)]
            || {
                for (i, target) in target.chunks_exact_mut(row).enumerate() {
                    let i = task * rows + i;
                    work(i * row, target, shapes.slopes_of(i));
                }
            },
        );
    });
}

/// Runs `write(i, element, its slope)` for every element of a row.
#[inline(always)]
fn with_slopes<T: Float>(shapes: &Shapes<'_>, slopes: &[T], row: &mut [T], write: impl Fn(usize, &mut T, T)) {
    if shapes.row()[1] == 1 {
        let slope = slopes[0];
        row.iter_mut().enumerate().for_each(|(i, element)| write(i, element, slope));
    } else {
        row.iter_mut().zip(slopes).enumerate().for_each(|(i, (element, &slope))| write(i, element, slope));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_are_shared_along_axes_of_one() {
        let x = [-1.0_f32; 12];
        for (slopes, expected) in [
            (vec![2, 1, 1], [[0, 0], [0, 0], [0, 0], [1, 1], [1, 1], [1, 1]]),
            (vec![1, 3, 1], [[0, 0], [1, 1], [2, 2], [0, 0], [1, 1], [2, 2]]),
            (vec![1, 1, 2], [[0, 1], [0, 1], [0, 1], [0, 1], [0, 1], [0, 1]]),
            (vec![2, 1, 2], [[0, 1], [0, 1], [0, 1], [2, 3], [2, 3], [2, 3]]),
        ] {
            let shapes = Shapes { sample: &[2, 3, 2], slopes: &slopes };
            let values: Vec<f32> = (0..slopes.iter().product::<usize>()).map(|i| i as f32).collect();
            let mut y = [0.0; 12];
            forward(&shapes, &x, &values, &mut y);
            assert!(y.iter().zip(expected.as_flattened()).all(|(y, &slope)| -y == slope as f32), "{slopes:?}");
            let (mut d, mut sums) = (vec![1.0; values.len()], [0.0; 12]);
            slope_gradient(&shapes, &x, &[1.0; 12], &mut d, &mut sums, true);
            let share = 12.0 / values.len() as f32;
            assert!(d.iter().all(|&d| d == 1.0 - share), "{slopes:?}");
        }
    }
}
