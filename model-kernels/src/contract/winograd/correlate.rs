//! Correlations in planes: outputs, and gradients of inputs.
//!
//! A task takes a block of tiles through all of it, so that its planes stay in the near cache: inputs to planes, a product of matrices for
//! each plane, planes to outputs. Where there are many channels it goes through them part by part, and sums up in the planes.
#![allow(unsafe_code)] // transforms and tiles work on pointers

use std::mem::MaybeUninit;
use std::ops::Range;

use super::super::correlate::{Correlation, Operands};
use super::super::pack::{PANEL, Panel};
use super::super::tile::{ROWS_APART, Tile};
use super::super::{Tiles, even_parts};
use super::maps::TAPS;
use super::size::Size;
use super::transform::{Finish, Pixels, Planes, Transforms};
use crate::float::Float;
use crate::pointer::Shared;
use crate::threads::parallel;
use crate::workspace;

/// The most channels and filters of a block.
const CHANNELS: usize = 64;
/// The elements of a line of the cache: planes are so much longer than they need be, so that they do not fall on the same lines.
const LINE: usize = 16;
/// Room for the planes of the input and the output, of fourteen tiles of the largest size.
const ROOM: usize = 2 * 36 * (14 * CHANNELS + LINE);
/// So many blocks keep all threads at work, each with all filters.
const MANY_BLOCKS: usize = 16;

/// Planes on a task's stack.
#[repr(align(64))]
struct Room<T>([MaybeUninit<T>; ROOM]);

/// A correlation by the planes of tiles.
struct Worker<'a, T> {
    plan: &'a Correlation,
    size: Size,
    tiles: &'a Tiles<T>,
    transforms: &'a Transforms<T>,
    /// With the kernel in planes: for each group of [`CHANNELS`] filters, `[plane][channel][filter]`.
    operands: Operands<T>,
}

/// Computes a correlation in tiles of a size.
///
/// # Safety
/// As [`Correlation::run`].
pub(crate) unsafe fn run<T: Float>(plan: &Correlation, size: Size, tiles: &Tiles<T>, operands: Operands<T>) {
    workspace::with(kernel_len(plan, size), |planes: &mut [T]| {
        // SAFETY: the caller's promise.
        unsafe {
            transform_kernel(plan, size, tiles, operands.kernel, planes);
            run_in_planes(plan, size, tiles, Operands { kernel: planes.as_ptr(), ..operands });
        }
    });
}

/// How many elements the kernel has in planes.
pub(crate) fn kernel_len(plan: &Correlation, size: Size) -> usize {
    size.planes() * (plan.depth * plan.columns + plan.columns.div_ceil(CHANNELS) * LINE)
}

/// Brings the kernel to planes.
///
/// # Safety
/// As [`Correlation::run`]; `planes` has as many elements as [`kernel_len`] says.
pub(crate) unsafe fn transform_kernel<T: Float>(
    plan: &Correlation,
    size: Size,
    tiles: &Tiles<T>,
    kernel: *const T,
    planes: &mut [T],
) {
    let (kernel, planes) = (Shared::from_pointer(kernel.cast_mut()), Shared::new(planes));
    let (panels, parts) = (plan.columns.div_ceil(PANEL), plan.depth.div_ceil(CHANNELS));
    parallel(panels * parts, |index| {
        let operands =
            Operands { input: std::ptr::null(), kernel: kernel.get(), bias: std::ptr::null(), output: std::ptr::null_mut() };
        let worker = Worker { plan, size, tiles, transforms: &tiles.transforms[size.index()], operands };
        // SAFETY: the caller's promise; the panels' parts of the planes are disjoint.
        unsafe { worker.transform_kernel(index / parts * PANEL, index % parts * CHANNELS, planes.get()) }
    });
}

/// Computes a correlation of which the kernel is in planes.
///
/// # Safety
/// As [`Correlation::run`], but that the kernel's elements are those that [`transform_kernel`] has given.
pub(crate) unsafe fn run_in_planes<T: Float>(plan: &Correlation, size: Size, tiles: &Tiles<T>, operands: Operands<T>) {
    let [input, kernel, bias] =
        [operands.input, operands.kernel, operands.bias].map(|from| Shared::from_pointer(from.cast_mut()));
    let output = Shared::from_pointer(operands.output);
    let count = plan.batch * size.tiles_of_image();
    let blocks = count.div_ceil(size.block(tiles.rows));
    let filters = match blocks {
        MANY_BLOCKS.. => plan.columns,
        _ if blocks * plan.columns.div_ceil(CHANNELS) < 4 => CHANNELS / 2,
        _ => CHANNELS,
    };
    parallel(blocks * plan.columns.div_ceil(filters), |index| {
        let (part, index) = (index / blocks, index % blocks);
        let operands = Operands { input: input.get(), kernel: kernel.get(), bias: bias.get(), output: output.get() };
        let worker = Worker { plan, size, tiles, transforms: &tiles.transforms[size.index()], operands };
        let block = count.div_ceil(blocks);
        let block = index * block..((index + 1) * block).min(count);
        // SAFETY: the caller's promise; tasks have tiles or filters of their own.
        unsafe { worker.block(block, part * filters..((part + 1) * filters).min(plan.columns)) }
    });
}

impl Size {
    /// How many tiles a block has: as many whole register tiles of so many rows as there is room for.
    fn block(self, rows: usize) -> usize {
        let tiles = (ROOM / (2 * self.planes()) - LINE) / CHANNELS;
        (tiles / rows * rows).max(1)
    }
}

impl<T: Float> Worker<'_, T> {
    /// Brings a panel of the kernel, from a filter and a channel on, to planes.
    ///
    /// # Safety
    /// As [`Correlation::run`], of a plan with the kernel as it is; `to` has room for the planes.
    unsafe fn transform_kernel(&self, filter: usize, channel: usize, to: *mut T) {
        let Correlation { depth: channels, columns: filters, kernel: strides, .. } = *self.plan;
        let width = PANEL.min(filters - filter);
        let depth = CHANNELS.min(channels - channel);
        let mut panel = Panel::new();
        let from = self.operands.kernel.wrapping_add(channel * strides.depth + filter * strides.column);
        let (pixel, row) = (depth * width, TAPS * depth * width);
        // SAFETY: the caller's promise; a panel has room for nine taps of so many channels.
        unsafe {
            panel.fill(self.tiles, from, &strides, [TAPS, TAPS, depth], width);
            for index in 0..depth {
                let first = panel.pointer().wrapping_add(index * width).cast_mut();
                let taps = Pixels { first, row: row as isize, pixel: pixel as isize, inside: [0..TAPS, 0..TAPS] };
                let (first, step) = self.kernel_at(channel + index, filter);
                (self.transforms.kernel)(&taps, Planes { first: to.wrapping_add(first), step }, width);
            }
        }
    }

    /// Where the kernel's first plane has a channel and filter, and the step to the next plane.
    fn kernel_at(&self, channel: usize, filter: usize) -> (usize, usize) {
        let group = filter / CHANNELS * CHANNELS;
        let width = self.group_width(filter);
        let before = self.size.planes() * (self.plan.depth * group + group / CHANNELS * LINE);
        (before + channel * width + filter - group, self.plan.depth * width + LINE)
    }

    /// How many filters the group of a filter has.
    fn group_width(&self, filter: usize) -> usize {
        CHANNELS.min(self.plan.columns - filter / CHANNELS * CHANNELS)
    }

    /// Computes some filters of some tiles.
    ///
    /// # Safety
    /// As [`Correlation::run`], of a plan with the kernel in planes.
    unsafe fn block(&self, block: Range<usize>, filters: Range<usize>) {
        let mut room = Room::<T>([const { MaybeUninit::uninit() }; ROOM]);
        let input = room.0.as_mut_ptr().cast::<T>();
        let output = input.wrapping_add(ROOM / 2);
        let mut filled = None;
        for filter in filters.clone().step_by(CHANNELS) {
            let width = CHANNELS.min(filters.end - filter);
            let output = Planes { first: output, step: block.len() * width + LINE };
            for (channel, channels) in even_parts(self.plan.depth, CHANNELS) {
                let input = Planes { first: input, step: block.len() * channels + LINE };
                // SAFETY: the caller's promise; the room is large enough for the planes of a block.
                unsafe {
                    if filled != Some(channel) {
                        self.transform_input(&block, [channel, channels], input);
                        filled = Some(channel);
                    }
                    self.products(block.len(), [channel, channels], [filter, width], input, output);
                }
            }
            // SAFETY: the caller's promise.
            unsafe { self.transform_output(&block, [filter, width], output) }
        }
    }

    /// Brings some channels of a block's inputs to planes.
    unsafe fn transform_input(&self, block: &Range<usize>, [channel, channels]: [usize; 2], planes: Planes<T>) {
        let Correlation { y, x, input: strides, .. } = self.plan;
        for (index, tile) in block.clone().enumerate() {
            let (sample, [row, pixel]) = self.size.place(tile);
            let at = [y.position(row), x.position(pixel)];
            let input = self.operands.input.wrapping_add(channel).cast_mut();
            let pixels = Pixels::new(input, strides, sample, at, self.size.side(), [y.inputs, x.inputs]);
            // SAFETY: the caller's promise.
            unsafe { (self.transforms.input)(&pixels, planes.after(index * channels), channels) }
        }
    }

    /// Brings some filters' planes to the block's outputs.
    unsafe fn transform_output(&self, block: &Range<usize>, [filter, width]: [usize; 2], planes: Planes<T>) {
        let Correlation { y, x, output: strides, accumulate, relu, .. } = self.plan;
        let bias = self.operands.bias;
        let bias = if bias.is_null() { bias } else { bias.wrapping_add(filter) };
        let finish = Finish { bias, accumulate: *accumulate, relu: *relu };
        for (index, tile) in block.clone().enumerate() {
            let (sample, place) = self.size.place(tile);
            let output = self.operands.output.wrapping_add(filter);
            let at = place.map(|place| place as isize);
            let pixels = Pixels::new(output, strides, sample, at, self.size.outputs, [y.outputs, x.outputs]);
            // SAFETY: the caller's promise.
            unsafe { (self.transforms.output)(&pixels, planes.after(index * width), width, &finish) }
        }
    }

    /// Multiplies some channels of the input's planes by those of the kernel's: to the output's, or onto what other channels gave.
    unsafe fn products(
        &self,
        count: usize,
        [channel, channels]: [usize; 2],
        [filter, width]: [usize; 2],
        input: Planes<T>,
        output: Planes<T>,
    ) {
        let (first, step) = self.kernel_at(channel, filter);
        let most = self.tiles.rows;
        let parts = count.div_ceil(most);
        let (rows, longer) = (count / parts, count % parts);
        for plane in 0..self.size.planes() {
            let tile = Tile {
                a: input.first.wrapping_add(plane * input.step).cast_const(),
                a_row: channels,
                b: self.operands.kernel.wrapping_add(first + plane * step),
                c: output.first.wrapping_add(plane * output.step),
                c_row: width,
                counts: [1, 1, channels],
                a_steps: [0, 0, 1],
                b_steps: [0, 0, self.group_width(filter) as isize],
                accumulate: channel > 0,
                ..Tile::new()
            };
            for (first, rows, repeats) in [(0, rows + 1, longer), (longer * (rows + 1), rows, parts - longer)] {
                let mut column = 0;
                while rows > 0 && repeats > 0 && column < width {
                    let columns = self.tiles.width(rows, width - column);
                    let tile = Tile {
                        a: tile.a.wrapping_add(first * channels),
                        b: tile.b.wrapping_add(column),
                        c: tile.c.wrapping_add(first * width + column),
                        repeats,
                        repeat_steps: [rows * channels, rows * width],
                        ..tile
                    };
                    // SAFETY: the caller's promise, and all planes have so many rows.
                    unsafe { self.tiles.compute(ROWS_APART, rows, columns, tile) }
                    column += columns;
                }
            }
        }
    }
}
