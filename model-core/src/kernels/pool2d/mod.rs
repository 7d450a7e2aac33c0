//! Pooling over windows of `[batch, h, w, c]`: the largest element or the average, forward and backward.

mod average;
mod max;

use std::ops::Range;

pub use average::{backward as average_backward, forward as average_forward};
pub use max::{backward as max_backward, forward as max_forward};

use crate::float::Float;
use crate::kernels::chunks::{each, rows_per_task};
use crate::kernels::vectorize::vectorize;

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
        let end = (start + self.pool[axis]).saturating_sub(self.padding[axis]).min(self.input[axis]);
        start.saturating_sub(self.padding[axis]).min(end)..end
    }

    fn input_size(&self) -> usize {
        self.input.iter().product()
    }

    fn output_size(&self) -> usize {
        self.output.iter().product()
    }
}

/// Runs `pixel(window, channels of the output pixel)` for every pixel, where the window lists the input pixels under it in row-major order.
fn each_output<T: Float>(geometry: &Geometry, x: &[T], y: &mut [T], pixel: impl Fn(Window<T>, &mut [T]) + Sync) {
    let [height, width, channels] = geometry.output;
    let row = width * channels;
    let rows = rows_per_task(row);
    each([(y, rows * row)], |i, [y]| {
        vectorize(
            #[inline(always)]
            || {
                for (r, y) in y.chunks_exact_mut(row).enumerate() {
                    let (image, down) = ((i * rows + r) / height, (i * rows + r) % height);
                    let x = &x[image * geometry.input_size()..][..geometry.input_size()];
                    let rows = geometry.window(0, down);
                    for (across, y) in y.chunks_exact_mut(channels).enumerate() {
                        pixel(Window { x, rows: rows.clone(), columns: geometry.window(1, across), geometry }, y);
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

impl<'a, T> Window<'a, T> {
    /// Runs `f` on the channels of every pixel.
    #[inline(always)]
    fn each(&self, mut f: impl FnMut(&'a [T])) {
        let [_, width, channels] = self.geometry.input;
        for row in self.rows.clone() {
            for column in self.columns.clone() {
                f(&self.x[(row * width + column) * channels..][..channels]);
            }
        }
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
