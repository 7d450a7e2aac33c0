//! Pooling over windows of `[batch, h, w, c]`: the largest element or the average, forward and backward.

mod average;
mod max;

use std::ops::Range;

pub use average::{backward as average_backward, forward as average_forward};
pub use max::{backward as max_backward, forward as max_forward};

use crate::chunks::{each, rows_per_task};
use crate::float::Float;
use crate::sizes::{check, check_way, elements};
use crate::vectorize::vectorize;

/// The sizes of a pooling, without the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Height, width, channels.
    pub input: [usize; 3],
    /// Height, width, channels.
    pub output: [usize; 3],
    /// The window's height and width.
    pub pool: [usize; 2],
    /// The steps down and across.
    pub strides: [usize; 2],
    /// The rows above and the columns left of the input that the first window covers; they count as absent.
    pub padding: [usize; 2],
}

impl Geometry {
    /// The rows (`axis` 0) or columns (1) of the input under the windows at `position`.
    #[inline(always)]
    fn window(&self, axis: usize, position: usize) -> Range<usize> {
        let start = position * self.strides[axis];
        let end = start.saturating_add(self.pool[axis]).saturating_sub(self.padding[axis]).min(self.input[axis]);
        start.saturating_sub(self.padding[axis]).min(end)..end
    }

    fn input_size(&self) -> usize {
        elements(&self.input)
    }

    fn output_size(&self) -> usize {
        elements(&self.output)
    }

    /// Panics unless slices have the lengths that these sizes say, with as many samples as the input has.
    fn check<const N: usize>(&self, inputs: [usize; N], outputs: [usize; N]) {
        let ([height, width, channels], [down, across, _]) = (self.input, self.output);
        let batch = inputs[0] / self.input_size().max(1);
        let (large, small) = ([batch, height, width, channels], [batch, down, across, channels]);
        check("a pooling", inputs.map(|input| ("input", input, &large[..])));
        check("a pooling", outputs.map(|output| ("output", output, &small[..])));
        for axis in [0, 1] {
            check_way("a pooling's window", self.padding[axis], [(self.output[axis], self.strides[axis])]);
        }
    }
}

/// Folds the elements under each window, in row-major order: `y = finish(join(… join(start, x) …, x), number of elements)`.
fn fold_windows<T: Float>(
    geometry: &Geometry,
    x: &[T],
    y: &mut [T],
    start: T,
    join: impl Fn(T, T) -> T + Sync,
    finish: impl Fn(T, usize) -> T + Sync,
) {
    geometry.check([x.len()], [y.len()]);
    let ([height, width, channels], input_size) = (geometry.output, geometry.input_size());
    let row = width * channels;
    let rows = rows_per_task(row.saturating_mul(geometry.pool[0]).saturating_mul(geometry.pool[1]));
    each([(y, rows * row)], |i, [y]| {
        vectorize(
            #[inline(always)]
            || {
                for (r, y) in y.chunks_exact_mut(row).enumerate() {
                    let (image, down) = ((i * rows + r) / height, (i * rows + r) % height);
                    let x = &x[image * input_size..][..input_size];
                    let rows = geometry.window(0, down);
                    for (across, y) in y.chunks_exact_mut(channels).enumerate() {
                        let window = Window { x, rows: rows.clone(), columns: geometry.window(1, across), geometry };
                        // So many channels at a time that what they have come to stays in registers.
                        let mut done = window.fold::<32>(y, 0, start, &join, &finish);
                        done = window.fold::<16>(y, done, start, &join, &finish);
                        done = window.fold::<4>(y, done, start, &join, &finish);
                        window.fold::<1>(y, done, start, &join, &finish);
                    }
                }
            },
        );
    });
}

/// The input pixels under one window.
struct Window<'a, T> {
    x: &'a [T],
    rows: Range<usize>,
    columns: Range<usize>,
    geometry: &'a Geometry,
}

impl<T: Float> Window<'_, T> {
    /// Folds as many channels as there are whole blocks of `N` from `first` on, and says which is the next.
    #[inline(always)]
    fn fold<const N: usize>(
        &self,
        y: &mut [T],
        first: usize,
        start: T,
        join: &impl Fn(T, T) -> T,
        finish: &impl Fn(T, usize) -> T,
    ) -> usize {
        let [_, width, channels] = self.geometry.input;
        let count = self.rows.len() * self.columns.len();
        let (blocks, _) = y[first..].as_chunks_mut::<N>();
        let next = first + blocks.len() * N;
        for (block, y) in blocks.iter_mut().enumerate() {
            let channel = first + block * N;
            let mut state = [start; N];
            for row in self.rows.clone() {
                for column in self.columns.clone() {
                    let x = &self.x[(row * width + column) * channels + channel..][..N];
                    for (state, &x) in state.iter_mut().zip(x) {
                        *state = join(*state, x);
                    }
                }
            }
            for (y, &state) in y.iter_mut().zip(&state) {
                *y = finish(state, count);
            }
        }
        next
    }
}

/// Runs `pixel(image, output pixel, rows, columns)` for the pixels of each image in order, one task an image: windows may overlap, so that
/// the pixels of an image may not be worked on at once. `d_x` is zeroed first unless it accumulates.
fn each_image<T: Float>(
    geometry: &Geometry,
    d_x: &mut [T],
    accumulate: bool,
    pixel: impl Fn(&mut [T], usize, usize, [Range<usize>; 2]) + Sync,
) {
    let [height, width, _] = geometry.output;
    each([(d_x, geometry.input_size())], |image, [d_x]| {
        if !accumulate {
            d_x.fill(T::ZERO);
        }
        vectorize(
            #[inline(always)]
            || {
                for down in 0..height {
                    let rows = geometry.window(0, down);
                    for across in 0..width {
                        pixel(d_x, image, down * width + across, [rows.clone(), geometry.window(1, across)]);
                    }
                }
            },
        );
    });
}

#[cfg(test)]
mod tests;
