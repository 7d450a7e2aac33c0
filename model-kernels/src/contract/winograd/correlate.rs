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
use super::super::{LINE, Tiles, equal_parts, even_parts};
use super::maps::TAPS;
use super::size::Size;
use super::transform::{Finish, Pixels, Planes, Transforms};
use crate::float::Float;
use crate::pointer::Shared;
use crate::threads::parallel;
use crate::workspace;

/// The most channels and filters of a block.
const CHANNELS: usize = 64;
/// Room for the planes of the input and the output, of fourteen tiles of the largest size.
const ROOM: usize = 2 * 36 * (14 * CHANNELS + LINE);
/// So many blocks keep all threads at work, each with all filters.
const MANY_BLOCKS: usize = 16;

/// Planes on a task's stack.
#[repr(align(64))]
struct Room<T>([MaybeUninit<T>; ROOM]);

impl Size {
    /// How many tiles a block has: as many whole register tiles of so many rows as there is room for.
    fn block(self, rows: usize) -> usize {
        let tiles = (ROOM / (2 * self.planes()) - LINE) / CHANNELS;
        (tiles / rows * rows).max(1)
    }
}

/// A correlation in tiles of a size.
#[derive(Clone, Copy)]
pub(crate) struct Winograd<'a, T> {
    pub(super) plan: &'a Correlation,
    pub(super) size: Size,
    pub(super) tiles: &'a Tiles<T>,
}

impl<'a, T: Float> Winograd<'a, T> {
    /// The correlation in tiles of the best size; none where the direct form is better, or the only one.
    pub fn of(plan: &'a Correlation, tiles: &'a Tiles<T>) -> Option<Self> {
        let size = Size::best(plan.groups, &plan.y, &plan.x, plan.depth, plan.columns)?;
        Some(Self { plan, size, tiles })
    }

    /// How many elements the kernel has in planes: for each group of [`CHANNELS`] filters, `[plane][channel][filter]`.
    pub fn kernel_len(self) -> usize {
        let Correlation { depth: channels, columns: filters, .. } = *self.plan;
        self.size.planes() * (channels * filters + filters.div_ceil(CHANNELS) * LINE)
    }

    /// Computes the correlation.
    ///
    /// # Safety
    /// As [`Correlation::run`].
    pub unsafe fn run(self, operands: Operands<T>) {
        workspace::with(self.kernel_len(), |planes: &mut [T]| {
            // SAFETY: the caller's promise.
            unsafe {
                self.transform_kernel(operands.kernel, planes);
                self.run_in_planes(Operands { kernel: planes.as_ptr(), ..operands });
            }
        });
    }

    /// Brings the kernel to planes.
    ///
    /// # Safety
    /// As [`Correlation::run`]; `planes` has as many elements as [`kernel_len`](Self::kernel_len) says.
    pub unsafe fn transform_kernel(self, kernel: *const T, planes: &mut [T]) {
        let (kernel, planes) = (Shared::from_pointer(kernel.cast_mut()), Shared::new(planes));
        let (panels, parts) = (self.plan.columns.div_ceil(PANEL), self.plan.depth.div_ceil(CHANNELS));
        parallel(panels * parts, |index| {
            // SAFETY: the caller's promise; the panels' parts of the planes are disjoint.
            unsafe { self.transform_panel(kernel.get(), [index / parts * PANEL, index % parts * CHANNELS], planes.get()) }
        });
    }

    /// Computes the correlation with a kernel in planes.
    ///
    /// # Safety
    /// As [`Correlation::run`], but that the kernel's elements are those that [`transform_kernel`](Self::transform_kernel) has given.
    pub unsafe fn run_in_planes(self, operands: Operands<T>) {
        let [input, kernel, bias] =
            [operands.input, operands.kernel, operands.bias].map(|from| Shared::from_pointer(from.cast_mut()));
        let output = Shared::from_pointer(operands.output);
        let (columns, count) = (self.plan.columns, self.plan.batch * self.size.tiles_of_image());
        let blocks = count.div_ceil(self.size.block(self.tiles.rows));
        let filters = match blocks {
            MANY_BLOCKS.. => columns,
            _ if blocks * columns.div_ceil(CHANNELS) < 4 => CHANNELS / 2,
            _ => CHANNELS,
        };
        parallel(blocks * columns.div_ceil(filters), |index| {
            let (part, index) = (index / blocks, index % blocks);
            let operands = Operands { input: input.get(), kernel: kernel.get(), bias: bias.get(), output: output.get() };
            let block = count.div_ceil(blocks);
            let block = index * block..((index + 1) * block).min(count);
            // SAFETY: the caller's promise; tasks have tiles or filters of their own.
            unsafe { self.block(operands, block, part * filters..((part + 1) * filters).min(columns)) }
        });
    }

    /// Brings a panel of the kernel, from a filter and a channel on, to planes.
    ///
    /// # Safety
    /// As [`transform_kernel`](Self::transform_kernel).
    unsafe fn transform_panel(self, kernel: *const T, [filter, channel]: [usize; 2], to: *mut T) {
        let Correlation { depth: channels, columns: filters, kernel: strides, .. } = *self.plan;
        let width = PANEL.min(filters - filter);
        let depth = CHANNELS.min(channels - channel);
        let mut panel = Panel::new();
        let from = kernel.wrapping_add(channel * strides.depth + filter * strides.column);
        let (pixel, row) = (depth * width, TAPS * depth * width);
        // SAFETY: the caller's promise; a panel has room for nine taps of so many channels.
        unsafe {
            panel.fill(self.tiles, from, &strides, [TAPS, TAPS, depth], width);
            for index in 0..depth {
                let first = panel.pointer().wrapping_add(index * width).cast_mut();
                let taps = Pixels { first, row: row as isize, pixel: pixel as isize, inside: [0..TAPS, 0..TAPS] };
                let (first, step) = self.kernel_at(channel + index, filter);
                (self.transforms().kernel)(&taps, Planes { first: to.wrapping_add(first), step }, width);
            }
        }
    }

    /// Where the kernel's first plane has a channel and filter, and the step to the next plane.
    fn kernel_at(self, channel: usize, filter: usize) -> (usize, usize) {
        let group = filter / CHANNELS * CHANNELS;
        let width = self.group_width(filter);
        let before = self.size.planes() * (self.plan.depth * group + group / CHANNELS * LINE);
        (before + channel * width + filter - group, self.plan.depth * width + LINE)
    }

    /// How many filters the group of a filter has.
    fn group_width(self, filter: usize) -> usize {
        CHANNELS.min(self.plan.columns - filter / CHANNELS * CHANNELS)
    }

    /// Computes some filters of some tiles.
    ///
    /// # Safety
    /// As [`run_in_planes`](Self::run_in_planes).
    unsafe fn block(self, operands: Operands<T>, block: Range<usize>, filters: Range<usize>) {
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
                        self.transform_input(operands.input, &block, [channel, channels], input);
                        filled = Some(channel);
                    }
                    self.products(operands.kernel, block.len(), [channel, channels], [filter, width], [input, output]);
                }
            }
            // SAFETY: the caller's promise.
            unsafe { self.transform_output(operands, &block, [filter, width], output) }
        }
    }

    /// Brings some channels of a block's inputs to planes.
    unsafe fn transform_input(self, input: *const T, block: &Range<usize>, [channel, channels]: [usize; 2], planes: Planes<T>) {
        let Correlation { y, x, input: strides, .. } = self.plan;
        for (index, tile) in block.clone().enumerate() {
            let (sample, [row, pixel]) = self.size.place(tile);
            let at = [y.position(row), x.position(pixel)];
            let input = input.wrapping_add(channel).cast_mut();
            let pixels = Pixels::new(input, strides, sample, at, self.size.side(), [y.inputs, x.inputs]);
            // SAFETY: the caller's promise.
            unsafe { (self.transforms().input)(&pixels, planes.after(index * channels), channels) }
        }
    }

    /// Brings some filters' planes to the block's outputs.
    unsafe fn transform_output(
        self,
        operands: Operands<T>,
        block: &Range<usize>,
        [filter, width]: [usize; 2],
        planes: Planes<T>,
    ) {
        let Correlation { y, x, output: strides, accumulate, relu, .. } = self.plan;
        let bias = operands.bias;
        let bias = if bias.is_null() { bias } else { bias.wrapping_add(filter) };
        let finish = Finish { bias, accumulate: *accumulate, relu: *relu };
        for (index, tile) in block.clone().enumerate() {
            let (sample, place) = self.size.place(tile);
            let output = operands.output.wrapping_add(filter);
            let at = place.map(|place| place as isize);
            let pixels = Pixels::new(output, strides, sample, at, self.size.outputs, [y.outputs, x.outputs]);
            // SAFETY: the caller's promise.
            unsafe { (self.transforms().output)(&pixels, planes.after(index * width), width, &finish) }
        }
    }

    /// Multiplies some channels of the input's planes by those of the kernel's: to the output's, or onto what other channels gave.
    unsafe fn products(
        self,
        kernel: *const T,
        count: usize,
        [channel, channels]: [usize; 2],
        [filter, width]: [usize; 2],
        [input, output]: [Planes<T>; 2],
    ) {
        let (first, step) = self.kernel_at(channel, filter);
        for plane in 0..self.size.planes() {
            let mut tile = Tile {
                a: input.first.wrapping_add(plane * input.step).cast_const(),
                a_row: channels,
                b: kernel.wrapping_add(first + plane * step),
                c: output.first.wrapping_add(plane * output.step),
                c_row: width,
                counts: [1, 1, channels],
                a_steps: [0, 0, 1],
                b_steps: [0, 0, self.group_width(filter) as isize],
                accumulate: channel > 0,
                ..Tile::new()
            };
            for (rows, repeats) in equal_parts(count, self.tiles.rows) {
                (tile.repeats, tile.repeat_steps) = (repeats, [rows * channels, rows * width]);
                // SAFETY: the caller's promise, and all planes have so many rows.
                unsafe { self.tiles.columns(ROWS_APART, rows, width, tile) }
                tile.a = tile.a.wrapping_add(repeats * tile.repeat_steps[0]);
                tile.c = tile.c.wrapping_add(repeats * tile.repeat_steps[1]);
            }
        }
    }

    fn transforms(self) -> &'a Transforms<T> {
        &self.tiles.transforms[self.size.index()]
    }
}
