//! A product with a matrix that is copied once and multiplied with often.
#![allow(unsafe_code)] // slices, once checked, are passed on as pointers

use super::super::contract::equal_parts;
use super::super::contract::pack::{DEPTH, copy_columns, panel_width};
use super::super::contract::tile::{ROWS_APART, Tile};
use crate::chunks::each;
use crate::float::Float;
use crate::sizes::{check, elements};

/// A matrix `[depth, columns]` in panels of two vectors of columns, so that a tile reads it from first to last. Products with it run on the
/// caller's thread, and come to the same bits as [`dense_forward`](super::dense_forward) and
/// [`dense_input_gradient`](super::dense_input_gradient).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packed<'a, T> {
    panels: &'a [T],
    depth: usize,
    columns: usize,
}

impl<'a, T: Float> Packed<'a, T> {
    /// A copy of a matrix, or of the transpose of `[columns, depth]`, in room for as many elements.
    pub fn new(matrix: &[T], [depth, columns]: [usize; 2], is_transposed: bool, room: &'a mut [T]) -> Self {
        check("a product", [("kernel", matrix.len(), &[depth, columns]), ("kernel's copy", room.len(), &[depth, columns])]);
        let steps = if is_transposed { [1, depth] } else { [columns, 1] };
        each([(&mut *room, depth * Self::panel())], |index, [panel]| {
            let (first, width) = (index * Self::panel(), panel.len() / depth);
            let from = matrix[first * steps[1]..].as_ptr();
            // SAFETY: the matrix was found to have these columns from the first on, and the panel has room for them.
            unsafe { copy_columns(T::tiles(), from, steps, panel.as_mut_ptr(), [depth, width]) }
        });
        Self { panels: room, depth, columns }
    }

    /// The columns of a panel.
    fn panel() -> usize {
        panel_width(T::tiles().lanes)
    }

    /// `output[m, columns] = input[m, depth] · matrix + bias[columns]`, or `+=` if `accumulate`.
    pub fn product(&self, m: usize, input: &[T], bias: Option<&[T]>, output: &mut [T], accumulate: bool) {
        let (depth, columns) = (self.depth, self.columns);
        check("a product", [("input", input.len(), &[m, depth]), ("output", output.len(), &[m, columns])]);
        check("a product", [("bias", bias.map_or(columns, <[T]>::len), &[columns])]);
        let tiles = T::tiles();
        for (index, panel) in self.panels.chunks(elements(&[depth, Self::panel()]).max(1)).enumerate() {
            let (first, width) = (index * Self::panel(), panel.len() / depth);
            for start in (0..depth).step_by(DEPTH) {
                let mut tile = Tile {
                    a: input.as_ptr().wrapping_add(start),
                    a_row: depth,
                    b: panel.as_ptr().wrapping_add(start * width),
                    c: output.as_mut_ptr().wrapping_add(first),
                    c_row: columns,
                    counts: [1, 1, DEPTH.min(depth - start)],
                    a_steps: [0, 0, 1],
                    b_steps: [0, 0, width as isize],
                    accumulate: accumulate || start > 0,
                    bias: bias.filter(|_| start == 0).map_or(std::ptr::null(), |bias| bias[first..].as_ptr()),
                    ..Tile::new()
                };
                for (rows, repeats) in equal_parts(m, tiles.rows) {
                    tile.repeats = repeats;
                    tile.repeat_steps = [rows * depth, rows * columns];
                    // SAFETY: the slices were found to be as long as the sizes say, and `output` is borrowed mutably.
                    unsafe { tiles.compute(ROWS_APART, rows, width, tile) }
                    tile.a = tile.a.wrapping_add(repeats * rows * depth);
                    tile.c = tile.c.wrapping_add(repeats * rows * columns);
                }
            }
        }
    }
}
