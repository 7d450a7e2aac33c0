//! The rows of a tile, copied together where their distance is a bad one.
#![allow(unsafe_code)] // copies between pointers, into memory that is not initialised

use std::mem::MaybeUninit;

use super::pack::DEPTH;
use super::tile::Tile;
use crate::float::Float;

/// The most rows of a tile.
const ROWS: usize = 14;
/// From a row to the next: a line of the cache more than the rows are long, so that rows do not fall on the same lines.
const STRIDE: usize = DEPTH + 16;
/// Rows a multiple of this many bytes apart fall on few sets of the nearest cache and push each other out.
const BAD_DISTANCE: usize = 4096;

/// Room for a tile's rows on a task's stack.
#[repr(align(64))]
pub(crate) struct Rows<T>([MaybeUninit<T>; ROWS * STRIDE]);

impl<T: Float> Rows<T> {
    pub fn new() -> Self {
        Self([const { MaybeUninit::uninit() }; ROWS * STRIDE])
    }

    /// Whether a tile gains from a copy.
    pub fn is_worthwhile(tile: &Tile<T>, rows: usize) -> bool {
        let depth = tile.counts.iter().product::<usize>();
        rows > 4 && (tile.a_row * size_of::<T>()).is_multiple_of(BAD_DISTANCE) && tile.counts[2] >= 64 && depth <= DEPTH
    }

    /// Copies the rows and makes the tile read the copy, which must outlive the tile's use.
    ///
    /// # Safety
    /// The tile's rows are inside of living memory.
    pub unsafe fn fill(&mut self, tile: &mut Tile<T>, rows: usize) {
        let [outer, middle, inner] = tile.counts;
        assert!(rows <= ROWS && outer * middle * inner <= STRIDE, "a tile's rows are longer than their copy");
        let copy = self.0.as_mut_ptr().cast::<T>();
        for row in 0..rows {
            for outer in 0..outer {
                for index in 0..middle {
                    let from = outer as isize * tile.a_steps[0] + index as isize * tile.a_steps[1];
                    let to = row * STRIDE + (outer * middle + index) * inner;
                    // SAFETY: the caller's promise; the copy's end was just looked at.
                    unsafe {
                        std::ptr::copy_nonoverlapping(
                            tile.a.wrapping_add(row * tile.a_row).wrapping_offset(from),
                            copy.add(to),
                            inner,
                        )
                    }
                }
            }
        }
        tile.a = copy;
        tile.a_row = STRIDE;
        tile.a_steps = [(middle * inner) as isize, inner as isize, 1];
    }
}
