//! Correlations: convolutions, their derivatives by the input, and dense layers (convolutions of 1 x 1).
//!
//! Every output pixel is a sum over the taps that lie inside of the input, so that padding costs neither memory nor arithmetic: the
//! outputs are cut into regions that have the same taps inside, and regions into register tiles of pixels x columns. No input is
//! copied (but where there are few columns), since from each tap on a tile reads channels that lie together. The order of each sum
//! depends on the geometry alone.
#![allow(unsafe_code)] // tiles work on pointers

use std::ops::Range;

use super::super::pointer::Shared;
use super::axis::Axis;
use super::cut::{Cut, Task};
use super::pack::{DEPTH, Panel};
use super::rows::Rows;
use super::tile::{ROWS_APART, Tile};
use super::winograd::Winograd;
use super::{Tiles, equal_parts, few_columns};
use crate::float::Float;
use crate::threads::parallel;

/// Where a tensor's elements lie: the distances between neighbours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strides {
    pub sample: usize,
    pub row: usize,
    pub pixel: usize,
    /// From a group's first channel to the next group's.
    pub group: usize,
}

/// Where the kernel's elements lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KernelStrides {
    pub tap_y: isize,
    pub tap_x: isize,
    pub depth: usize,
    pub column: usize,
    pub group: usize,
}

/// A correlation's sizes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Correlation {
    pub batch: usize,
    pub groups: usize,
    pub y: Axis,
    pub x: Axis,
    /// The channels of a group that are summed over.
    pub depth: usize,
    /// The channels of a group that result.
    pub columns: usize,
    pub input: Strides,
    pub output: Strides,
    pub kernel: KernelStrides,
    /// Whether the results are added to what is in the output.
    pub accumulate: bool,
    pub relu: bool,
}

/// A correlation's tensors, each from its first element that counts.
#[derive(Clone, Copy)]
pub(crate) struct Operands<T> {
    pub input: *const T,
    pub kernel: *const T,
    /// Null where there is none.
    pub bias: *const T,
    pub output: *mut T,
}

/// A part of the taps and channels, small enough that its part of the kernel stays in a near cache.
#[derive(Clone, Debug)]
struct Block {
    y: Range<usize>,
    x: Range<usize>,
    depth: Range<usize>,
    is_first: bool,
    is_last: bool,
}

impl Correlation {
    /// Computes the correlation.
    ///
    /// # Safety
    /// All elements that the sizes describe are inside of living memory, and nobody else uses the output meanwhile.
    pub unsafe fn run<T: Float>(self, tiles: &Tiles<T>, operands: Operands<T>) {
        if few_columns::is_worthwhile(&self) {
            // SAFETY: the caller's promise.
            return unsafe { few_columns::run(&self, tiles, operands) };
        }
        if let Some(winograd) = Winograd::of(&self, tiles) {
            // SAFETY: the caller's promise.
            return unsafe { winograd.run(operands) };
        }
        let plan = self.flattened();
        let cut = Cut::new(&plan, tiles.lanes);
        let output = Shared::from_pointer(operands.output);
        let [input, kernel, bias] =
            [operands.input, operands.kernel, operands.bias].map(|from| Shared::from_pointer(from.cast_mut()));
        parallel(cut.tasks(), |index| {
            let operands = Operands { input: input.get(), kernel: kernel.get(), bias: bias.get(), output: output.get() };
            // SAFETY: the caller's promise; the tasks' outputs are disjoint.
            unsafe { Worker { plan: &plan, tiles, operands, task: cut.task(index) }.run(cut.is_packed) }
        });
    }

    /// The same with all pixels in one row, where windows are single pixels that lie together.
    fn flattened(mut self) -> Self {
        let is_pointwise = |axis: &Axis| {
            axis.taps == 1 && axis.stride == 1 && axis.start == 0 && axis.inputs == axis.outputs && axis.outputs > 0
        };
        if is_pointwise(&self.y) && is_pointwise(&self.x) {
            let lie_together = |count: usize, inner: usize, outer: usize| count == 1 || inner == outer;
            let (width, height) = (self.x.outputs, self.y.outputs);
            let along = |count: usize, step: usize| count.wrapping_mul(step);
            if lie_together(height, along(width, self.input.pixel), self.input.row)
                && lie_together(height, along(width, self.output.pixel), self.output.row)
            {
                let mut pixels = width * height;
                if lie_together(self.batch, along(pixels, self.input.pixel), self.input.sample)
                    && lie_together(self.batch, along(pixels, self.output.pixel), self.output.sample)
                {
                    pixels *= self.batch;
                    self.batch = self.batch.min(1);
                }
                self.y = Axis { outputs: 1, inputs: 1, ..self.y };
                self.x = Axis { outputs: pixels, inputs: pixels, ..self.x };
            }
        }
        self
    }

    /// The blocks of taps and channels, in the order in which they are summed.
    fn blocks(&self) -> impl Iterator<Item = Block> {
        let (taps_y, taps_x) = (self.y.taps, self.x.taps);
        let row = taps_x * self.depth;
        let (most_y, most_x) =
            if row <= DEPTH { ((DEPTH / row.max(1)).max(1), taps_x.max(1)) } else { (1, (DEPTH / self.depth).max(1)) };
        let parts = |whole: usize, most: usize| (whole.div_ceil(most).max(1), most);
        let ((parts_y, most_y), (parts_x, most_x), (parts_depth, most_depth)) =
            (parts(taps_y, most_y), parts(taps_x, most_x), parts(self.depth, DEPTH));
        let total = parts_y * parts_x * parts_depth;
        let depth = self.depth;
        (0..total).map(move |index| {
            let range = |part: usize, most: usize, whole: usize| part * most..((part + 1) * most).min(whole);
            Block {
                y: range(index / (parts_x * parts_depth), most_y, taps_y),
                x: range(index / parts_depth % parts_x, most_x, taps_x),
                depth: range(index % parts_depth, most_depth, depth),
                is_first: index == 0,
                is_last: index + 1 == total,
            }
        })
    }
}

/// A task on its thread.
struct Worker<'a, T> {
    plan: &'a Correlation,
    tiles: &'a Tiles<T>,
    operands: Operands<T>,
    task: Task,
}

/// Where a block's part of the kernel lies: in the kernel itself, or packed.
#[derive(Clone, Copy)]
struct Weights<T> {
    /// The first tap of the block, its first channel, the task's first column.
    first: *const T,
    tap_y: isize,
    tap_x: isize,
    depth: usize,
}

impl<T: Float> Worker<'_, T> {
    /// # Safety
    /// As `Correlation::run`.
    unsafe fn run(&self, is_packed: bool) {
        // SAFETY: the caller's promise.
        unsafe { if is_packed { self.run_packed() } else { self.run_in_place() } }
    }

    unsafe fn run_in_place(&self) {
        let kernel = self.plan.kernel;
        for block in self.plan.blocks() {
            let weights =
                Weights { first: self.kernel_at(&block), tap_y: kernel.tap_y, tap_x: kernel.tap_x, depth: kernel.depth };
            // SAFETY: the caller's promise.
            unsafe { self.block(&block, weights) }
        }
    }

    unsafe fn run_packed(&self) {
        let mut panel = Panel::new();
        let width = self.task.columns.len();
        for block in self.plan.blocks() {
            let depth = block.depth.len();
            // SAFETY: the caller's promise; a block of a panel's columns fits into the panel.
            unsafe {
                panel.fill(self.tiles, self.kernel_at(&block), &self.plan.kernel, [block.y.len(), block.x.len(), depth], width);
                let tap_x = (depth * width) as isize;
                let weights = Weights { first: panel.pointer(), tap_y: block.x.len() as isize * tap_x, tap_x, depth: width };
                self.block(&block, weights);
            }
        }
    }

    /// The kernel's first element that a block and the task have to do with.
    fn kernel_at(&self, block: &Block) -> *const T {
        let kernel = &self.plan.kernel;
        let channel = self.task.group * kernel.group + block.depth.start * kernel.depth + self.task.columns.start * kernel.column;
        let tap = block.y.start as isize * kernel.tap_y + block.x.start as isize * kernel.tap_x;
        self.operands.kernel.wrapping_offset(tap).wrapping_add(channel)
    }

    /// Adds a block's part to all of the task's outputs.
    unsafe fn block(&self, block: &Block, weights: Weights<T>) {
        for (rows, taps_y) in self.plan.y.runs(self.task.rows.clone()) {
            for (pixels, taps_x) in self.plan.x.runs(self.task.pixels.clone()) {
                let samples = self.task.samples.clone();
                let region = Region { samples, rows: rows.clone(), pixels, taps_y: taps_y.clone(), taps_x };
                // SAFETY: the caller's promise; the region's taps lie inside of the input.
                unsafe { self.region(block, weights, &region) }
            }
        }
    }

    /// Adds a block's part to the outputs of a region, in tiles along its longer side.
    unsafe fn region(&self, block: &Block, weights: Weights<T>, region: &Region) {
        let plan = self.plan;
        let taps_y = overlap(&region.taps_y, &block.y);
        let taps_x = overlap(&region.taps_x, &block.x);
        if (taps_y.is_empty() || taps_x.is_empty()) && !block.is_first && !block.is_last {
            return;
        }
        // Where there are no taps, and in steps that are not taken, numbers may wrap: nothing is read there.
        let input_y = plan.y.position(region.rows.start).wrapping_add(plan.y.reach(taps_y.start));
        let input_x = plan.x.position(region.pixels.start).wrapping_add(plan.x.reach(taps_x.start));
        let input_y = input_y.wrapping_mul(plan.input.row as isize);
        let input_x = input_x.wrapping_mul(plan.input.pixel as isize);
        let channel = self.task.group * plan.input.group + block.depth.start;
        let a = self.operands.input.wrapping_add(region.samples.start * plan.input.sample + channel);
        let a = a.wrapping_offset(input_y.wrapping_add(input_x));
        let tap = (taps_y.start.wrapping_sub(block.y.start)) as isize * weights.tap_y
            + (taps_x.start.wrapping_sub(block.x.start)) as isize * weights.tap_x;
        let column = self.task.group * plan.output.group + self.task.columns.start;
        let to = region.samples.start * plan.output.sample
            + region.rows.start * plan.output.row
            + region.pixels.start * plan.output.pixel;
        let mut tile = Tile {
            a,
            b: weights.first.wrapping_offset(tap),
            c: self.operands.output.wrapping_add(to + column),
            counts: [taps_y.len(), taps_x.len(), block.depth.len()],
            a_steps: [
                plan.y.dilation.wrapping_mul(plan.input.row) as isize,
                plan.x.dilation.wrapping_mul(plan.input.pixel) as isize,
                1,
            ],
            b_steps: [weights.tap_y, weights.tap_x, weights.depth as isize],
            accumulate: plan.accumulate || !block.is_first,
            bias: if block.is_first && !self.operands.bias.is_null() {
                self.operands.bias.wrapping_add(self.task.group * plan.columns + self.task.columns.start)
            } else {
                std::ptr::null()
            },
            relu: block.is_last && plan.relu,
            ..Tile::new()
        };
        tile.join_loops();
        // Of samples, rows and pixels the inner two loops and the way along which tiles lie.
        let ways = [
            Way { count: region.samples.len(), a: plan.input.sample, c: plan.output.sample },
            Way { count: region.rows.len(), a: plan.y.stride.wrapping_mul(plan.input.row), c: plan.output.row },
            Way { count: region.pixels.len(), a: plan.x.stride.wrapping_mul(plan.input.pixel), c: plan.output.pixel },
        ];
        let [outer, inner, along] = order(ways, self.tiles.rows);
        (tile.a_row, tile.c_row) = (along.a, along.c);
        for outer_index in 0..outer.count {
            for inner_index in 0..inner.count {
                let a = tile.a.wrapping_add(outer_index.wrapping_mul(outer.a)).wrapping_add(inner_index.wrapping_mul(inner.a));
                let c = tile.c.wrapping_add(outer_index * outer.c + inner_index * inner.c);
                // SAFETY: the caller's promise.
                unsafe { self.line(along.count, Tile { a, c, ..tile }) }
            }
        }
    }

    /// Adds a block's part to a line of outputs in tiles as equal as can be, the longer ones first.
    unsafe fn line(&self, count: usize, mut tile: Tile<T>) {
        for (rows, repeats) in equal_parts(count, self.tiles.rows) {
            tile.repeat_steps = [rows.wrapping_mul(tile.a_row), rows.wrapping_mul(tile.c_row)];
            // SAFETY: the caller's promise.
            unsafe {
                if Rows::<T>::is_worthwhile(&tile, rows) {
                    for repeat in 0..repeats {
                        let a = tile.a.wrapping_add(repeat.wrapping_mul(tile.repeat_steps[0]));
                        let c = tile.c.wrapping_add(repeat.wrapping_mul(tile.repeat_steps[1]));
                        self.columns_of_copy(rows, Tile { a, c, ..tile });
                    }
                } else {
                    self.columns(rows, Tile { repeats, ..tile });
                }
            }
            tile.a = tile.a.wrapping_add(repeats.wrapping_mul(tile.repeat_steps[0]));
            tile.c = tile.c.wrapping_add(repeats.wrapping_mul(tile.repeat_steps[1]));
        }
    }

    /// Computes all of the task's columns of a few pixels from a copy of these. Not inlined, since the copy takes a lot of the stack.
    #[inline(never)]
    unsafe fn columns_of_copy(&self, rows: usize, mut tile: Tile<T>) {
        let mut copy = Rows::new();
        // SAFETY: the caller's promise.
        unsafe {
            copy.fill(&mut tile, rows);
            self.columns(rows, tile);
        }
    }

    /// Computes all of the task's columns of a few pixels.
    unsafe fn columns(&self, rows: usize, tile: Tile<T>) {
        // SAFETY: the caller's promise.
        unsafe { self.tiles.columns(ROWS_APART, rows, self.task.columns.len(), tile) }
    }
}

/// One of the ways from an output of a region to the next: how many there are, and how far apart in the input and in the output.
#[derive(Clone, Copy)]
struct Way {
    count: usize,
    a: usize,
    c: usize,
}

/// Puts the way along which tiles lie last: that of the pixels if it is long enough to keep the machine busy, or else the longest.
fn order([samples, rows, pixels]: [Way; 3], most: usize) -> [Way; 3] {
    let enough = most / 2;
    if pixels.count >= enough || pixels.count >= rows.count.max(samples.count).min(enough) {
        [samples, rows, pixels]
    } else if rows.count >= enough || rows.count >= samples.count {
        [samples, pixels, rows]
    } else {
        [rows, pixels, samples]
    }
}

/// Outputs that have the same taps inside of the input.
struct Region {
    samples: Range<usize>,
    rows: Range<usize>,
    pixels: Range<usize>,
    taps_y: Range<usize>,
    taps_x: Range<usize>,
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> Range<usize> {
    let first = a.start.max(b.start);
    first..a.end.min(b.end).max(first)
}
