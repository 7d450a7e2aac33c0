//! Derivatives by the kernel: for each tap, the sum over all pixels of input channels times gradient channels.
//!
//! A task owns a part of the kernel and goes through all pixels in a fixed order, block by block, so that sums do not depend on the
//! number of threads. Tiles of input channels x gradient channels read both where they lie; outputs at which a tap lies in the padding
//! are left out.
#![allow(unsafe_code)] // tiles work on pointers

use std::ops::Range;

use super::super::pointer::Shared;
use super::axis::Axis;
use super::correlate::Strides;
use super::tile::{Tile, UNIT_ROWS, UNIT_ROWS_AND_SUMS};
use super::{LINE, Tiles, even_parts, winograd};
use crate::float::Float;
use crate::threads::parallel;

/// About so many pixels are summed before a tile's sums are added to the kernel.
const BLOCK: usize = 512;
/// So many elements of the tensors stay in the cache that threads share.
const STAGE: usize = if cfg!(test) { 1 << 10 } else { 1 << 20 };
/// Fewer multiplications than this are done by one thread.
const WORTH_SHARING: usize = 400_000;
/// So many tasks let threads finish together.
const MANY_TASKS: usize = 12;
/// Pixels of at most so many elements, input and gradient together, are asked for a block ahead.
const NARROW: usize = 256;
/// Taps of fewer channels than this are joined with their neighbours.
const FEW_CHANNELS: usize = 8;

/// The sizes of a derivative by the kernel, which lies as `[taps y][taps x][depth][groups * columns]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outer {
    pub batch: usize,
    pub groups: usize,
    pub y: Axis,
    pub x: Axis,
    /// The input channels of a group.
    pub depth: usize,
    /// The output channels of a group.
    pub columns: usize,
    pub input: Strides,
    pub d_output: Strides,
    pub accumulate: bool,
}

/// How the kernel is cut into tasks.
struct Cut {
    panel: usize,
    panels: usize,
    chunk: usize,
    chunks: usize,
    /// Whether a task's rows are the channels of all taps of a row instead of those of one tap.
    joins_taps: bool,
    /// Whether tiles take the gradient's sums along: where taps are joined, and so each pixel is in one tile, if it is in any.
    takes_sums: bool,
}

/// Some of the pixels: of how many samples which rows, in the input and the output's gradient.
struct Block<T> {
    tensors: [*const T; 2],
    /// The first sample and row.
    first: [usize; 2],
    counts: [usize; 2],
}

/// Some of the taps in a row, and the pixels at which they all lie inside of the input.
struct Item {
    taps: Range<usize>,
    pixels: Range<usize>,
    /// Whether their sums are added to what is in the kernel.
    accumulate: bool,
}

impl Outer {
    /// Computes the derivative.
    ///
    /// # Safety
    /// All elements that the sizes describe are inside of living memory, and nobody else uses `d_kernel` meanwhile.
    pub unsafe fn run<T: Float>(
        &self,
        tiles: &Tiles<T>,
        input: &[T],
        d_output: &[T],
        d_kernel: &mut [T],
        d_bias: Option<&mut [T]>,
    ) {
        let size = winograd::Size::best(self.groups, &self.y, &self.x, self.depth, self.columns);
        if let Some(size) = size.filter(|_| self.batch > 0) {
            if let Some(d_bias) = d_bias {
                column_sums(tiles, d_output, d_bias, self.accumulate);
            }
            // SAFETY: the caller's promise.
            return unsafe {
                winograd::outer::run(self, size, tiles, [input, d_output].map(<[T]>::as_ptr), d_kernel.as_mut_ptr())
            };
        }
        let cut = self.cut(tiles.lanes);
        // The sums are taken by tasks whose tap sees all of the gradient, while that is near.
        let bias_tap = (0..self.y.taps).find(|&tap| self.y.outputs_at(tap) == (0..self.y.outputs));
        let d_bias = match d_bias {
            Some(d_bias) if self.batch * self.depth == 0 || bias_tap.is_none() => {
                column_sums(tiles, d_output, d_bias, self.accumulate);
                None
            }
            d_bias => d_bias,
        };
        let d_bias = Shared::from_pointer(d_bias.map_or(std::ptr::null_mut(), <[T]>::as_mut_ptr));
        let [input, d_output] = [input, d_output].map(|from| Shared::from_pointer(from.as_ptr().cast_mut()));
        let d_kernel = Shared::new(d_kernel);
        let run = |index: usize, samples: &Range<usize>, rows: &Range<usize>| {
            let (index, chunk) = (index / cut.chunks, index % cut.chunks);
            let (index, tap_y) = (index / self.y.taps, index % self.y.taps);
            let (group, panel) = (index / cut.panels, index % cut.panels);
            let columns = panel * cut.panel..((panel + 1) * cut.panel).min(self.columns);
            let channels = chunk * cut.chunk..((chunk + 1) * cut.chunk).min(self.depth);
            let d_bias = if bias_tap == Some(tap_y) && chunk == 0 { d_bias.get() } else { std::ptr::null_mut() };
            let Cut { joins_taps, takes_sums, .. } = cut;
            let part = Part { sizes: self, tiles, joins_taps, takes_sums, group, tap_y, columns, channels, d_bias };
            // SAFETY: the caller's promise; the tasks' parts of the kernel are disjoint.
            unsafe { part.run([input.get(), d_output.get()], d_kernel.get(), samples.clone(), rows.clone()) }
        };
        let tasks = self.groups * cut.panels * self.y.taps * cut.chunks;
        let (samples_at_once, rows_at_once) = self.stage();
        for (sample, samples) in steps(0..self.batch.max(1), samples_at_once) {
            for (row, rows) in steps(0..self.y.outputs.max(1), rows_at_once) {
                let task = |index| run(index, &(sample..sample + samples), &(row..row + rows));
                if self.work() < WORTH_SHARING { (0..tasks).for_each(task) } else { parallel(tasks, task) }
            }
        }
    }

    /// How many samples and rows all tasks go through before any goes on: so many that they stay in the cache that threads share.
    fn stage(&self) -> (usize, usize) {
        let sample = (self.y.inputs * self.input.row + self.y.outputs * self.d_output.row).max(1);
        let rows =
            if sample > STAGE { (self.y.outputs * (STAGE / 1024) / (sample / 1024)).max(1) } else { self.y.outputs.max(1) };
        ((STAGE / sample).max(1), rows)
    }

    fn work(&self) -> usize {
        let pixels = self.batch * self.y.outputs * self.x.outputs;
        // Of a product of tensors there may be more than a number holds, which is many.
        pixels.saturating_mul(self.groups * self.columns * self.depth * self.y.taps * self.x.taps)
    }

    fn cut(&self, lanes: usize) -> Cut {
        let joins_taps = self.depth < FEW_CHANNELS && self.x.dilation == 1 && self.groups == 1;
        let takes_sums = joins_taps && self.x.runs(0..self.x.outputs).all(|(_, taps)| !taps.is_empty());
        let is_shared = self.work() >= WORTH_SHARING;
        let pixels = self.batch * self.y.outputs * self.x.outputs;
        // Where the kernel is much larger than the tensors, it is written in long pieces.
        let mut panel = if pixels <= BLOCK && self.columns >= 512 { 16 * lanes } else { 2 * lanes };
        let tasks = |panel: usize| self.groups * self.columns.div_ceil(panel) * self.y.taps;
        if !is_shared {
            panel = 4 * lanes;
        } else if joins_taps && tasks(panel) < MANY_TASKS / 2 {
            panel = lanes;
        }
        let wanted = if joins_taps || !is_shared { 1 } else { MANY_TASKS.div_ceil(tasks(panel)).max(self.depth.div_ceil(128)) };
        let chunk = self.depth.div_ceil(wanted).max(28).min(self.depth).max(1);
        Cut { panel, panels: self.columns.div_ceil(panel), chunk, chunks: self.depth.div_ceil(chunk), joins_taps, takes_sums }
    }
}

/// A task: a part of the kernel.
struct Part<'a, T> {
    sizes: &'a Outer,
    tiles: &'a Tiles<T>,
    joins_taps: bool,
    takes_sums: bool,
    group: usize,
    tap_y: usize,
    columns: Range<usize>,
    channels: Range<usize>,
    /// The gradient of all biases, in tasks that have to do with it, or else null.
    d_bias: *mut T,
}

impl<T: Float> Part<'_, T> {
    /// Adds what some of the samples and rows say; the first of them also start the sums.
    unsafe fn run(&self, tensors: [*const T; 2], d_kernel: *mut T, samples: Range<usize>, rows: Range<usize>) {
        let Outer { batch, y, x, .. } = *self.sizes;
        let is_first = samples.start == 0 && rows.start == 0;
        // SAFETY: the promise of `Outer::run`'s caller.
        unsafe {
            let inside = y.outputs_at(self.tap_y);
            let rows = rows.start.max(inside.start)..rows.end.min(inside.end);
            // Joined taps meet in several items, and a tap that is nowhere inside of the input in none: these start from zeros.
            let is_plain =
                !self.joins_taps && batch > 0 && !rows.is_empty() && (0..x.taps).all(|tap| !x.outputs_at(tap).is_empty());
            if !self.sizes.accumulate && is_first && !is_plain {
                self.clear(d_kernel);
                if self.takes_sums && !self.d_bias.is_null() {
                    std::ptr::write_bytes(self.d_bias.add(self.columns.start), 0, self.columns.len());
                }
            }
            let mut accumulate_bias = self.sizes.accumulate || !is_first;
            let mut accumulate = accumulate_bias || !is_plain;
            let samples_at_once = (BLOCK / (rows.len() * x.outputs).max(1)).max(1);
            let rows_at_once = (BLOCK / x.outputs.max(1)).max(1);
            for (sample, samples) in steps(samples.start..samples.end.min(batch), samples_at_once) {
                for (row, rows) in even_parts(rows.len(), rows_at_once).map(|(row, count)| (rows.start + row, count)) {
                    let block = Block { tensors, first: [sample, row], counts: [samples, rows] };
                    let mut next = self.next_block(&block);
                    if self.joins_taps {
                        for (pixels, taps) in x.runs(0..x.outputs) {
                            self.item(&block, d_kernel, Item { taps, pixels, accumulate }, &mut next);
                        }
                    } else {
                        for tap in 0..x.taps {
                            let item = Item { taps: tap..tap + 1, pixels: x.outputs_at(tap), accumulate };
                            self.item(&block, d_kernel, item, &mut next);
                        }
                    }
                    if !self.d_bias.is_null() && !self.takes_sums {
                        self.bias(&block, accumulate_bias);
                    }
                    (accumulate, accumulate_bias) = (true, true);
                }
            }
        }
    }

    /// From a row of the kernel to the next.
    fn kernel_row(&self) -> usize {
        self.sizes.groups * self.sizes.columns
    }

    /// Where the kernel has the task's part for a tap.
    fn kernel_at(&self, tap_x: usize) -> usize {
        let row = (self.tap_y * self.sizes.x.taps + tap_x) * self.sizes.depth + self.channels.start;
        row * self.kernel_row() + self.group * self.sizes.columns + self.columns.start
    }

    unsafe fn clear(&self, d_kernel: *mut T) {
        for tap in 0..self.sizes.x.taps {
            for channel in 0..self.channels.len() {
                let to = d_kernel.wrapping_add(self.kernel_at(tap) + channel * self.kernel_row());
                // SAFETY: the promise of `Outer::run`'s caller; all bits zero is the element zero.
                unsafe { std::ptr::write_bytes(to, 0, self.columns.len()) }
            }
        }
    }

    /// Adds what a block of pixels says about some taps.
    unsafe fn item(&self, block: &Block<T>, d_kernel: *mut T, item: Item, next: &mut Next<T>) {
        let Block { tensors: [input, d_output], first, counts } = *block;
        for (pixel, pixels) in steps(item.pixels.clone(), BLOCK) {
            let Outer { y, x, input: from, d_output: to, columns, depth, .. } = *self.sizes;
            let [sample, row] = first;
            let input_y = y.position(row).wrapping_add(y.reach(self.tap_y)).wrapping_mul(from.row as isize);
            let input_x = x.position(pixel).wrapping_add(x.reach(item.taps.start)).wrapping_mul(from.pixel as isize);
            let a = input.wrapping_add(sample * from.sample + self.group * from.group + self.channels.start);
            let a = a.wrapping_offset(input_y.wrapping_add(input_x));
            let b = sample * to.sample + row * to.row + pixel * to.pixel + self.group * columns + self.columns.start;
            let tile = Tile {
                a,
                a_row: 1,
                b: d_output.wrapping_add(b),
                c: d_kernel.wrapping_add(self.kernel_at(item.taps.start)),
                c_row: self.kernel_row(),
                counts: [counts[0], counts[1], pixels],
                // A step that is not taken may wrap.
                a_steps: [from.sample, y.stride.wrapping_mul(from.row), x.stride.wrapping_mul(from.pixel)]
                    .map(|step| step as isize),
                b_steps: [to.sample as isize, to.row as isize, to.pixel as isize],
                accumulate: item.accumulate || pixel > item.pixels.start,
                next: input,
                ..Tile::new()
            };
            let rows = if self.joins_taps { item.taps.len() * depth } else { self.channels.len() };
            // SAFETY: the promise of `Outer::run`'s caller.
            unsafe { self.tiles_of(tile, rows, next) }
        }
    }

    /// Adds a block's gradient to that of the bias: as rows of ones would.
    unsafe fn bias(&self, block: &Block<T>, accumulate: bool) {
        let Outer { x, d_output: to, columns, .. } = *self.sizes;
        let one = T::ONE;
        let column = self.group * columns + self.columns.start;
        let tile = Tile {
            a: &raw const one,
            a_row: 1,
            b: block.tensors[1].wrapping_add(block.first[0] * to.sample + block.first[1] * to.row + column),
            c: self.d_bias.wrapping_add(column),
            counts: [block.counts[0], block.counts[1], x.outputs],
            b_steps: [to.sample, to.row, to.pixel].map(|step| step as isize),
            accumulate,
            next: &raw const one,
            ..Tile::new()
        };
        // SAFETY: the promise of `Outer::run`'s caller.
        unsafe { self.tiles.columns(UNIT_ROWS, 1, self.columns.len(), tile) }
    }

    /// What the block after this one will read: as much of the input and of the gradient as this one, where it lies on.
    fn next_block(&self, block: &Block<T>) -> Next<T> {
        let Block { tensors: [input, d_output], first, counts } = *block;
        let Outer { y, input: from, d_output: to, .. } = *self.sizes;
        if from.pixel + to.pixel > NARROW {
            return Next { parts: [(input, 0); 2] };
        }
        let part = |tensor: *const T, row: isize, sample: usize, strides: &Strides, rows: usize| {
            let len = if counts[0] > 1 { counts[0] * strides.sample } else { rows.saturating_mul(strides.row) };
            let here = sample * strides.sample;
            (tensor.wrapping_add(here).wrapping_add(len).wrapping_offset(row.wrapping_mul(strides.row as isize)), len / LINE)
        };
        let row = y.position(first[1]).wrapping_add(y.reach(self.tap_y));
        let input = part(input, row, first[0], &from, counts[1].saturating_mul(y.stride));
        Next { parts: [input, part(d_output, first[1] as isize, first[0], &to, counts[1])] }
    }

    /// Computes rows x the task's columns.
    unsafe fn tiles_of(&self, mut tile: Tile<T>, rows: usize, next: &mut Next<T>) {
        tile.join_loops();
        for (first, rows) in even_parts(rows, self.tiles.rows) {
            let mut column = 0;
            while column < self.columns.len() {
                let width = self.tiles.width(rows, self.columns.len() - column);
                let (next, next_step) = next.take(tile.counts.iter().product());
                let has_sums = self.takes_sums && first == 0 && !self.d_bias.is_null();
                let form = if has_sums { UNIT_ROWS_AND_SUMS } else { UNIT_ROWS };
                let part = Tile {
                    b_sums: self.d_bias.wrapping_add(self.columns.start + column),
                    next,
                    next_step,
                    a: tile.a.wrapping_add(first),
                    b: tile.b.wrapping_add(column),
                    c: tile.c.wrapping_add(first * tile.c_row + column),
                    ..tile
                };
                // SAFETY: the promise of `Outer::run`'s caller.
                unsafe { self.tiles.compute(form, rows, width, part) }
                column += width;
            }
        }
    }
}

/// What the next block will read: runs of lines of the cache, by their first element and number.
struct Next<T> {
    parts: [(*const T, usize); 2],
}

impl<T> Next<T> {
    /// The next `count` lines of a run, as the first and a step.
    fn take(&mut self, count: usize) -> (*const T, usize) {
        let part = usize::from(self.parts[0].1 == 0);
        let (first, lines) = &mut self.parts[part];
        let taken = (*first, if *lines == 0 { 0 } else { LINE });
        let count = count.min(*lines);
        *first = first.wrapping_add(count * LINE);
        *lines -= count;
        taken
    }
}

/// Cuts a range into steps of at most `most`: the start and length of each.
fn steps(range: Range<usize>, most: usize) -> impl Iterator<Item = (usize, usize)> {
    range.clone().step_by(most).map(move |first| (first, most.min(range.end - first)))
}

/// `sums[column] (=|+=) Σ rows[row][column]`, in an order that depends on the sizes alone.
fn column_sums<T: Float>(tiles: &Tiles<T>, rows: &[T], sums: &mut [T], accumulate: bool) {
    let columns = sums.len();
    let count = rows.len() / columns.max(1);
    let panel = 2 * tiles.lanes;
    let to = Shared::new(sums);
    let task = |index: usize| {
        let first = index * panel;
        let one = T::ONE;
        for (row, count) in steps(0..count, BLOCK) {
            let tile = Tile {
                a: &raw const one,
                a_row: 1,
                b: rows[row * columns + first..].as_ptr(),
                c: to.get().wrapping_add(first),
                c_row: 0,
                counts: [1, 1, count],
                a_steps: [0; 3],
                b_steps: [0, 0, columns as isize],
                last_lanes: 0,
                accumulate: accumulate || row > 0,
                bias: std::ptr::null(),
                relu: false,
                next: &raw const one,
                next_step: 0,
                b_sums: std::ptr::null_mut(),
                repeats: 1,
                repeat_steps: [0; 2],
            };
            // SAFETY: `count` rows follow `row`, a panel of each from column `first` on; each task has a panel of the sums.
            unsafe { tiles.compute(UNIT_ROWS, 1, panel.min(columns - first), tile) }
        }
    };
    if count == 0 && !accumulate {
        sums.fill(T::ZERO);
    } else if rows.len() < WORTH_SHARING / 8 {
        (0..columns.div_ceil(panel)).for_each(task);
    } else {
        parallel(columns.div_ceil(panel), task);
    }
}
