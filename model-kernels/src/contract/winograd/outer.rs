//! Gradients of kernels in planes.
//!
//! Stage by stage, the inputs and the output's gradient of many tiles are brought to planes, of which each gives a product of matrices,
//! `channels x tiles` times `tiles x filters`. Its sums go on from stage to stage, and are brought back to the kernel's taps at the end.
#![allow(unsafe_code)] // transforms and tiles work on pointers

use std::ops::Range;

use super::super::outer::Outer;
use super::super::tile::{Tile, UNIT_ROWS};
use super::super::{LINE, Tiles, even_parts};
use super::maps::TAPS;
use super::size::Size;
use super::transform::{Finish, Pixels, Planes, Transforms};
use crate::float::Float;
use crate::pointer::Shared;
use crate::threads::parallel;
use crate::workspace;

/// About so many elements of planes are made before they are multiplied.
const STAGE: usize = if cfg!(test) { 1 << 14 } else { 1 << 19 };
/// The least and the most tiles of a stage: with fewer, sums go through memory too often; more gain nothing.
const TILES: [usize; 2] = [32, 256];
/// So many tiles are brought to planes by a task.
const TASK: usize = 8;

/// A derivative by the kernel, by the planes of tiles.
struct Worker<'a, T> {
    sizes: &'a Outer,
    size: Size,
    tiles: &'a Tiles<T>,
    transforms: &'a Transforms<T>,
    /// The sums `[channel][filter]`, the input's planes `[tile][channel]` and the gradient's `[tile][filter]`.
    sums: Planes<T>,
    input: Planes<T>,
    d_output: Planes<T>,
}

// SAFETY: tasks write disjoint parts of the planes, and read what no task writes at the time.
unsafe impl<T: Float> Sync for Worker<'_, T> {}

/// Computes a derivative by the kernel in tiles of a size.
///
/// # Safety
/// As [`Outer::run`]; there are samples.
pub(crate) unsafe fn run<T: Float>(
    sizes: &Outer,
    size: Size,
    tiles: &Tiles<T>,
    [input, d_output]: [*const T; 2],
    d_kernel: *mut T,
) {
    let (channels, filters, planes) = (sizes.depth, sizes.columns, size.planes());
    let count = sizes.batch * size.tiles_of_image();
    let stage = (STAGE / (planes * (channels + filters))).clamp(TILES[0], TILES[1]).min(count);
    let steps = [channels * filters, stage * channels, stage * filters].map(|step| step + LINE);
    workspace::with(planes * steps.iter().sum::<usize>(), |room: &mut [T]| {
        let [sums, inputs, gradients] =
            [0, steps[0], steps[0] + steps[1]].map(|first| room.as_mut_ptr().wrapping_add(planes * first));
        let worker = Worker {
            sizes,
            size,
            tiles,
            transforms: &tiles.transforms[size.index()],
            sums: Planes { first: sums, step: steps[0] },
            input: Planes { first: inputs, step: steps[1] },
            d_output: Planes { first: gradients, step: steps[2] },
        };
        let tensors = [input, d_output].map(|tensor| Shared::from_pointer(tensor.cast_mut()));
        let d_kernel = Shared::from_pointer(d_kernel);
        // All tasks of a stage are done before the next begins.
        for first in (0..count).step_by(stage) {
            let stage = first..(first + stage).min(count);
            parallel(stage.len().div_ceil(TASK), |task| {
                let tiles = stage.start + task * TASK..(stage.start + (task + 1) * TASK).min(stage.end);
                // SAFETY: the caller's promise; tasks have tiles of their own.
                unsafe { worker.transform(tensors.map(Shared::get), stage.start, tiles) }
            });
            parallel(planes, |plane| {
                // SAFETY: each task has a plane of its own.
                unsafe { worker.products(plane, stage.len(), first > 0) }
            });
        }
        parallel(channels.div_ceil(TASK), |task| {
            let channels = task * TASK..((task + 1) * TASK).min(channels);
            // SAFETY: the caller's promise; tasks have channels of their own.
            unsafe { worker.finish(channels, d_kernel.get()) }
        });
    });
}

impl<T: Float> Worker<'_, T> {
    /// Brings some tiles of the input and of the output's gradient to planes, whose first tile is the stage's.
    unsafe fn transform(&self, [input, d_output]: [*mut T; 2], stage: usize, tiles: Range<usize>) {
        let Outer { y, x, depth: channels, columns: filters, input: from, d_output: to, .. } = self.sizes;
        for tile in tiles {
            let (sample, place) = self.size.place(tile);
            let at = [y.position(place[0]), x.position(place[1])];
            let pixels = Pixels::new(input, from, sample, at, self.size.side(), [y.inputs, x.inputs]);
            let at = place.map(|place| place as isize);
            let gradients = Pixels::new(d_output, to, sample, at, self.size.outputs, [y.outputs, x.outputs]);
            let index = tile - stage;
            // SAFETY: the caller's promise; the stage's planes have room for its tiles.
            unsafe {
                (self.transforms.input)(&pixels, self.input.after(index * channels), *channels);
                (self.transforms.output_gradient)(&gradients, self.d_output.after(index * filters), *filters);
            }
        }
    }

    /// Adds a plane's products of so many tiles to its sums, or starts these.
    unsafe fn products(&self, plane: usize, tiles: usize, accumulate: bool) {
        let Outer { depth: channels, columns: filters, .. } = *self.sizes;
        let [a, b, c] = [self.input, self.d_output, self.sums].map(|planes| planes.first.wrapping_add(plane * planes.step));
        for (channel, rows) in even_parts(channels, self.tiles.rows) {
            let tile = Tile {
                a: a.wrapping_add(channel),
                a_row: 1,
                b,
                c: c.wrapping_add(channel * filters),
                c_row: filters,
                counts: [1, 1, tiles],
                a_steps: [0, 0, channels as isize],
                b_steps: [0, 0, filters as isize],
                accumulate,
                next: a,
                ..Tile::new()
            };
            // SAFETY: the stage's planes have so many tiles, and the sums all channels and filters.
            unsafe { self.tiles.columns(UNIT_ROWS, rows, filters, tile) }
        }
    }

    /// Brings the sums of some channels back to the taps.
    unsafe fn finish(&self, channels: Range<usize>, d_kernel: *mut T) {
        let Outer { depth, columns: filters, accumulate, .. } = *self.sizes;
        let finish = Finish { bias: std::ptr::null(), accumulate, relu: false };
        let (pixel, row) = ((depth * filters) as isize, (TAPS * depth * filters) as isize);
        for channel in channels {
            let first = d_kernel.wrapping_add(channel * filters);
            let taps = Pixels { first, row, pixel, inside: [0..TAPS, 0..TAPS] };
            // SAFETY: the caller's promise.
            unsafe { (self.transforms.kernel_gradient)(&taps, self.sums.after(channel * filters), filters, &finish) }
        }
    }
}
