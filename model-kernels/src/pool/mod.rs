//! Pooling over windows of `[batch, depth, height, width, channels]`: the largest element or the average, forward and backward. Images are
//! volumes of one plane, sequences images of one row.

mod average;
mod max;

use std::ops::Range;

pub use average::{backward as average_backward, forward as average_forward};
pub use max::{backward as max_backward, forward as max_forward};

use crate::chunks::{each, rows_per_task};
use crate::float::Float;
use crate::sizes::{check, check_way, elements};
use crate::vectorize::vectorize;

/// What of an axis each window covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Windows {
    /// Windows of one size.
    Sliding {
        /// Their size.
        size: usize,
        /// The step from one to the next.
        stride: usize,
        /// The elements before the first of the input that the first window covers; they count as absent.
        padding: usize,
    },
    /// As many windows of about one size as there are outputs: the input is cut into equal parts, and each has what its part touches.
    Adaptive,
}

impl Windows {
    /// The window over an axis of one element.
    pub const SINGLE: Self = Self::Sliding { size: 1, stride: 1, padding: 0 };
}

/// The sizes of a pooling, without the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Depth, height, width, channels.
    pub input: [usize; 4],
    /// Depth, height, width, channels.
    pub output: [usize; 4],
    /// The windows along depth, height and width.
    pub windows: [Windows; 3],
}

impl Geometry {
    /// The elements of the input's axis under the windows at `position`.
    #[inline(always)]
    fn window(&self, axis: usize, position: usize) -> Range<usize> {
        match self.windows[axis] {
            Windows::Sliding { size, stride, padding } => {
                let start = position * stride;
                let end = start.saturating_add(size).saturating_sub(padding).min(self.input[axis]);
                start.saturating_sub(padding).min(end)..end
            }
            Windows::Adaptive => {
                let (inputs, outputs) = (self.input[axis], self.output[axis]);
                position * inputs / outputs..((position + 1) * inputs).div_ceil(outputs)
            }
        }
    }

    fn input_size(&self) -> usize {
        elements(&self.input)
    }

    fn output_size(&self) -> usize {
        elements(&self.output)
    }

    /// How many elements the largest window has, or more.
    fn window_size(&self) -> usize {
        let sizes = [0, 1, 2].map(|axis| match self.windows[axis] {
            Windows::Sliding { size, .. } => size,
            Windows::Adaptive => self.input[axis] / self.output[axis].max(1) + 2,
        });
        sizes.into_iter().fold(1, usize::saturating_mul)
    }

    /// Panics unless slices have the lengths that these sizes say, with as many samples as the input has.
    fn check<const N: usize>(&self, inputs: [usize; N], outputs: [usize; N]) {
        let ([depth, height, width, channels], [planes, down, across, _]) = (self.input, self.output);
        let batch = inputs[0] / self.input_size().max(1);
        let (large, small) = ([batch, depth, height, width, channels], [batch, planes, down, across, channels]);
        check("a pooling", inputs.map(|input| ("input", input, &large[..])));
        check("a pooling", outputs.map(|output| ("output", output, &small[..])));
        for axis in [0, 1, 2] {
            match self.windows[axis] {
                Windows::Sliding { stride, padding, .. } => {
                    check_way("a pooling's window", padding, [(self.output[axis], stride)]);
                }
                Windows::Adaptive => {
                    check_way("a pooling's window", self.input[axis], [(self.output[axis] + 1, self.input[axis])]);
                }
            }
        }
    }

    /// Where a pixel of the input lies in its sample, counted in pixels.
    #[inline(always)]
    fn pixel(&self, plane: usize, row: usize, column: usize) -> usize {
        (plane * self.input[1] + row) * self.input[2] + column
    }
}

/// What of depth, height and width a window covers.
#[derive(Clone, Debug)]
struct Covered {
    planes: Range<usize>,
    rows: Range<usize>,
    columns: Range<usize>,
}

impl Covered {
    fn count(&self) -> usize {
        self.planes.len() * self.rows.len() * self.columns.len()
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
    let ([depth, height, width, channels], input_size) = (geometry.output, geometry.input_size());
    let row = width * channels;
    let rows = rows_per_task(row.saturating_mul(geometry.window_size()));
    each([(y, rows * row)], |i, [y]| {
        vectorize(
            #[inline(always)]
            || {
                for (r, y) in y.chunks_exact_mut(row).enumerate() {
                    let (plane, down) = ((i * rows + r) / height, (i * rows + r) % height);
                    let x = &x[plane / depth * input_size..][..input_size];
                    let (planes, rows) = (geometry.window(0, plane % depth), geometry.window(1, down));
                    for (across, y) in y.chunks_exact_mut(channels).enumerate() {
                        let columns = geometry.window(2, across);
                        let covered = Covered { planes: planes.clone(), rows: rows.clone(), columns };
                        let window = Window { x, covered, geometry };
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
    covered: Covered,
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
        let [.., channels] = self.geometry.input;
        let Covered { planes, rows, columns } = &self.covered;
        let (blocks, _) = y[first..].as_chunks_mut::<N>();
        let next = first + blocks.len() * N;
        for (block, y) in blocks.iter_mut().enumerate() {
            let channel = first + block * N;
            let mut state = [start; N];
            for plane in planes.clone() {
                for row in rows.clone() {
                    for column in columns.clone() {
                        let x = &self.x[self.geometry.pixel(plane, row, column) * channels + channel..][..N];
                        for (state, &x) in state.iter_mut().zip(x) {
                            *state = join(*state, x);
                        }
                    }
                }
            }
            for (y, &state) in y.iter_mut().zip(&state) {
                *y = finish(state, self.covered.count());
            }
        }
        next
    }
}

/// Runs `pixel(d_x, sample, output pixel, what its window covers)` for the pixels of each sample in order, one task a sample: windows may
/// overlap, so that the pixels of a sample may not be worked on at once. `d_x` is zeroed first unless it accumulates.
fn each_sample<T: Float>(
    geometry: &Geometry,
    d_x: &mut [T],
    accumulate: bool,
    pixel: impl Fn(&mut [T], usize, usize, Covered) + Sync,
) {
    let [depth, height, width, _] = geometry.output;
    each([(d_x, geometry.input_size())], |sample, [d_x]| {
        if !accumulate {
            d_x.fill(T::ZERO);
        }
        vectorize(
            #[inline(always)]
            || {
                for (plane, down) in (0..depth).flat_map(|plane| (0..height).map(move |down| (plane, down))) {
                    let (planes, rows) = (geometry.window(0, plane), geometry.window(1, down));
                    for across in 0..width {
                        let covered = Covered { planes: planes.clone(), rows: rows.clone(), columns: geometry.window(2, across) };
                        pixel(d_x, sample, (plane * height + down) * width + across, covered);
                    }
                }
            },
        );
    });
}

#[cfg(test)]
mod tests;
