//! Correlations of few columns, as the gradient of an image has: pixels instead of columns fill the vectors.
//!
//! A part of the input is transposed, zeros of padding included, so that from each channel and tap on the pixels of a row lie together; then the
//! roles are exchanged: the kernel's columns are a tile's rows, and a row's pixels its columns.
#![allow(unsafe_code)] // tiles work on pointers, on memory that is not initialised

use std::mem::MaybeUninit;
use std::ops::Range;

use super::super::pointer::Shared;
use super::Tiles;
use super::axis::Axis;
use super::correlate::{Correlation, Operands};
use super::tile::{ROWS_APART, Tile, UNIT_ROWS};
use crate::float::Float;
use crate::threads::parallel;

/// Room for the transposed input.
const ROOM: usize = 48 * 1024;
/// The channels that are transposed and summed at once.
const DEPTH: usize = 32;
/// Fewer channels are not worth the transposition.
const LEAST_DEPTH: usize = 8;
/// Rows of fewer pixels leave too much of the vectors empty.
const LEAST_WIDTH: usize = 16;
/// The most pixels that tap reaches beyond tap.
const REACH: usize = 16;
/// The most columns.
const COLUMNS: usize = 4;
/// The most pixels of a task's rows.
const WIDTH: usize = 64;
/// The most rows of a task.
const ROWS: usize = 16;

/// How the outputs are cut into tasks.
struct Cut {
    /// From a channel's pixels to the next channel's.
    pitch: usize,
    /// The most pixels and rows of a task.
    sizes: [usize; 2],
    /// How many parts of the rows' pixels, of the rows, and of the batch there are.
    counts: [usize; 3],
}

/// Whether a correlation is one of few columns. Depends on the geometry of a sample only, since sums have another order here.
pub(crate) fn is_worthwhile(plan: &Correlation) -> bool {
    let [y, x] = [&plan.y, &plan.x];
    let reach = [y, x].map(|axis| axis.taps.saturating_sub(1) * axis.dilation);
    (1..=COLUMNS).contains(&plan.columns)
        && plan.groups == 1
        && plan.depth >= LEAST_DEPTH
        && y.taps * x.taps > 1
        && (y.stride, x.stride) == (1, 1)
        && x.outputs >= LEAST_WIDTH
        && reach.iter().all(|&reach| reach <= REACH)
        && (plan.kernel.depth == 1 || plan.kernel.column == 1)
}

/// Computes a correlation of few columns.
///
/// # Safety
/// As `Correlation::run`.
pub(crate) unsafe fn run<T: Float>(plan: &Correlation, tiles: &Tiles<T>, operands: Operands<T>) {
    let cut = Cut::new(plan, tiles.lanes);
    let output = Shared::from_pointer(operands.output);
    let [input, kernel, bias] =
        [operands.input, operands.kernel, operands.bias].map(|from| Shared::from_pointer(from.cast_mut()));
    parallel(cut.counts.iter().product(), |index| {
        let operands = Operands { input: input.get(), kernel: kernel.get(), bias: bias.get(), output: output.get() };
        let [across, down, _] = cut.counts;
        let part = |index: usize, axis: usize, whole: usize| {
            let first = index * cut.sizes[axis];
            first..whole.min(first + cut.sizes[axis])
        };
        let pixels = part(index % across, 0, plan.x.outputs);
        let rows = part(index / across % down, 1, plan.y.outputs);
        let task = Task { plan, tiles, operands, pitch: cut.pitch, sample: index / across / down, rows, pixels };
        // SAFETY: the caller's promise; the tasks' outputs are disjoint.
        unsafe { task.run() }
    });
}

impl Cut {
    fn new(plan: &Correlation, lanes: usize) -> Self {
        let [height, width] = [plan.y.outputs, plan.x.outputs];
        let reach = |axis: &Axis| (axis.taps - 1) * axis.dilation;
        let pixels = (4 * lanes).min(WIDTH).min(width);
        let pitch = (pixels + reach(&plan.x)).next_multiple_of(lanes);
        let rows = (ROOM / (pitch * DEPTH.min(plan.depth)) - reach(&plan.y)).min(ROWS).min(height).max(1);
        assert!((rows + reach(&plan.y)) * pitch * DEPTH.min(plan.depth) <= ROOM, "a task's input is larger than its room");
        Self { pitch, sizes: [pixels, rows], counts: [width.div_ceil(pixels), height.div_ceil(rows), plan.batch] }
    }
}

/// Some of the pixels of some of the rows of a sample.
struct Task<'a, T> {
    plan: &'a Correlation,
    tiles: &'a Tiles<T>,
    operands: Operands<T>,
    pitch: usize,
    sample: usize,
    rows: Range<usize>,
    pixels: Range<usize>,
}

/// A task's memory on its stack.
#[repr(align(64))]
struct Room<T, const N: usize>([MaybeUninit<T>; N]);

impl<T, const N: usize> Room<T, N> {
    fn new() -> Self {
        Self([const { MaybeUninit::uninit() }; N])
    }

    fn pointer(&mut self) -> *mut T {
        self.0.as_mut_ptr().cast()
    }
}

impl<T: Float> Task<'_, T> {
    /// # Safety
    /// As `Correlation::run`.
    unsafe fn run(&self) {
        let (mut input, mut sums) = (Room::<T, ROOM>::new(), Room::<T, { ROWS * COLUMNS * WIDTH }>::new());
        let (input, sums) = (input.pointer(), sums.pointer());
        let plan = self.plan;
        for first in (0..plan.depth).step_by(DEPTH) {
            let channels = first..plan.depth.min(first + DEPTH);
            // SAFETY: the caller's promise; all is smaller than its room, by the task's sizes.
            unsafe {
                self.transpose(input, &channels);
                for row in 0..self.rows.len() {
                    self.sum(input, &channels, row, sums.add(row * COLUMNS * WIDTH));
                }
            }
        }
        for (row, y) in self.rows.clone().enumerate() {
            // SAFETY: the caller's promise; the sums of all rows have been computed.
            unsafe { self.finish(sums.add(row * COLUMNS * WIDTH), y) }
        }
    }

    /// From a transposed row to the next.
    fn row_pitch(&self) -> usize {
        self.pitch * DEPTH.min(self.plan.depth)
    }

    /// Transposes what the task's windows see of some channels, as `[row][channel][pixel]`.
    unsafe fn transpose(&self, to: *mut T, channels: &Range<usize>) {
        let [y, x] = [&self.plan.y, &self.plan.x];
        let from = &self.plan.input;
        let left = x.position(self.pixels.start);
        let count = self.pixels.len() + (x.taps - 1) * x.dilation;
        let inside = |at: isize, inputs: usize| at.clamp(0, inputs as isize) as usize;
        let columns = inside(left, x.inputs)..inside(left + count as isize, x.inputs);
        let before = (columns.start as isize - left).min(count as isize) as usize;
        for row in 0..self.rows.len() + (y.taps - 1) * y.dilation {
            let at = y.position(self.rows.start) + row as isize;
            let to = to.wrapping_add(row * self.row_pitch());
            let is_inside = (0..y.inputs as isize).contains(&at);
            // SAFETY: the caller's promise; all bits zero is the element zero.
            unsafe {
                // The first channels leave zeros where the others write nothing.
                if channels.start == 0 && (!is_inside || columns.len() < count) {
                    std::ptr::write_bytes(to, 0, channels.len() * self.pitch);
                }
                if is_inside && !columns.is_empty() {
                    let pixel = self.sample * from.sample + at as usize * from.row + columns.start * from.pixel;
                    let from_here = self.operands.input.add(pixel + channels.start);
                    (self.tiles.transpose)(from_here, from.pixel, to.add(before), self.pitch, channels.len(), columns.len());
                }
            }
        }
    }

    /// Adds what some channels say to the sums of a row, as `[column][pixel]`; the first of them start the sums.
    unsafe fn sum(&self, input: *const T, channels: &Range<usize>, row: usize, sums: *mut T) {
        let Correlation { y, x, kernel, columns, .. } = self.plan;
        let form = if kernel.column == 1 { UNIT_ROWS } else { ROWS_APART };
        let (row_pitch, width) = (self.row_pitch(), self.pixels.len());
        let mut pixel = 0;
        while pixel < width {
            let count = self.tiles.width(*columns, width - pixel);
            let tile = Tile {
                a: self.operands.kernel.wrapping_add(channels.start * kernel.depth),
                a_row: kernel.column,
                b: input.wrapping_add(row * row_pitch + pixel),
                c: sums.wrapping_add(pixel),
                c_row: WIDTH,
                counts: [y.taps, x.taps, channels.len()],
                a_steps: [kernel.tap_y, kernel.tap_x, kernel.depth as isize],
                b_steps: [y.dilation.wrapping_mul(row_pitch) as isize, x.dilation as isize, self.pitch as isize],
                accumulate: channels.start > 0,
                next: input,
                ..Tile::new()
            };
            // SAFETY: the caller's promise; the tile reads what was transposed.
            unsafe { self.tiles.compute(form, *columns, count, tile) }
            pixel += count;
        }
    }

    /// Writes a row's sums to the output.
    unsafe fn finish(&self, sums: *const T, y: usize) {
        // SAFETY: the caller's promise. With their number known, columns are interleaved twice as fast.
        unsafe {
            match self.plan.columns {
                1 => self.interleave::<1>(sums, y),
                2 => self.interleave::<2>(sums, y),
                3 => self.interleave::<3>(sums, y),
                _ => self.interleave::<COLUMNS>(sums, y),
            }
        }
    }

    unsafe fn interleave<const N: usize>(&self, sums: *const T, y: usize) {
        let Correlation { output, accumulate, relu, .. } = *self.plan;
        let to = self.sample * output.sample + y * output.row + self.pixels.start * output.pixel;
        let to = self.operands.output.wrapping_add(to);
        let mut biases = [T::ZERO; N];
        if !self.operands.bias.is_null() {
            // SAFETY: a bias that there is has all columns.
            biases = std::array::from_fn(|column| unsafe { *self.operands.bias.add(column) });
        }
        for pixel in 0..self.pixels.len() {
            // SAFETY: the caller's promise.
            let to = unsafe { &mut *to.add(pixel * output.pixel).cast::<[T; N]>() };
            for (column, to) in to.iter_mut().enumerate() {
                // SAFETY: the sums of all columns and pixels have been computed.
                let sum = unsafe { *sums.add(column * WIDTH + pixel) } + biases[column];
                let sum = if accumulate { *to + sum } else { sum };
                *to = if relu && sum < T::ZERO { T::ZERO } else { sum };
            }
        }
    }
}
