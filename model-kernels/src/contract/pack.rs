//! A panel of the kernel, copied so that a tile reads it from first to last.
#![allow(unsafe_code)] // copies between pointers, into memory that is not initialised

use std::mem::MaybeUninit;

use super::super::simd::prefetch;
use super::Tiles;
use super::correlate::KernelStrides;
use crate::float::Float;

/// The most products that are summed in registers before the sum is added to the output.
pub(crate) const DEPTH: usize = 576;
/// The most columns of a panel.
pub(crate) const PANEL: usize = 32;

/// So many rows ahead, what will be copied is asked for: rows may be pages apart, where the machine does not foresee them.
const AHEAD: usize = 16;

/// Room for [`DEPTH`] x [`PANEL`] elements on a task's stack.
#[repr(align(64))]
pub(crate) struct Panel<T>([MaybeUninit<T>; DEPTH * PANEL]);

impl<T: Float> Panel<T> {
    pub fn new() -> Self {
        Self([const { MaybeUninit::uninit() }; DEPTH * PANEL])
    }

    pub fn pointer(&self) -> *const T {
        self.0.as_ptr().cast()
    }

    /// The room of the first elements, to be written.
    pub fn part(&mut self, elements: usize) -> &mut [MaybeUninit<T>] {
        &mut self.0[..elements]
    }

    /// Copies the `width` columns of some taps and channels, as `[taps y][taps x][depth][width]`. Either the columns lie together or the depth.
    ///
    /// # Safety
    /// `from` is valid for all of them, and they fit.
    pub unsafe fn fill(
        &mut self,
        tiles: &Tiles<T>,
        from: *const T,
        strides: &KernelStrides,
        [taps_y, taps_x, depth]: [usize; 3],
        width: usize,
    ) {
        assert!(taps_y * taps_x * depth * width <= DEPTH * PANEL, "a panel is filled beyond its end");
        let mut to = self.0.as_mut_ptr().cast::<T>();
        for y in 0..taps_y as isize {
            for x in 0..taps_x as isize {
                let from = from.wrapping_offset(y * strides.tap_y + x * strides.tap_x);
                // SAFETY: the caller's promise; `to` stays inside, as just asserted.
                unsafe {
                    copy_columns(tiles, from, [strides.depth, strides.column], to, [depth, width]);
                    to = to.add(depth * width);
                }
            }
        }
    }
}

/// How many columns a panel has, for vectors of so many elements: two of them.
pub(crate) fn panel_width(lanes: usize) -> usize {
    (2 * lanes).min(PANEL)
}

/// Copies `width` columns to `depth` rows without gaps, from where rows and columns are so far apart: one of the two is one.
///
/// # Safety
/// The machine has the tiles' instruction set, and both pointers are valid for all rows and columns.
pub(crate) unsafe fn copy_columns<T: Float>(
    tiles: &Tiles<T>,
    from: *const T,
    [row, column]: [usize; 2],
    to: *mut T,
    [depth, width]: [usize; 2],
) {
    // SAFETY: the caller's promise.
    unsafe {
        if column == 1 {
            copy_rows(from, row, to, depth, width)
        } else {
            (tiles.transpose)(from, column, to, width, depth, width)
        }
    }
}

/// Copies rows of `width`, `stride` apart, to rows without gaps.
unsafe fn copy_rows<T: Float>(from: *const T, stride: usize, to: *mut T, rows: usize, width: usize) {
    for row in 0..rows {
        // SAFETY: the caller's pointers are valid for all rows.
        unsafe {
            prefetch(from.wrapping_add((row + AHEAD) * stride));
            prefetch(from.wrapping_add((row + AHEAD) * stride + width / 2));
            let (from, to) = (from.add(row * stride), to.add(row * width));
            if width == PANEL {
                to.cast::<[T; PANEL]>().write_unaligned(from.cast::<[T; PANEL]>().read_unaligned());
            } else {
                std::ptr::copy_nonoverlapping(from, to, width);
            }
        }
    }
}
