//! A product with a matrix that is copied once and multiplied with often.
#![allow(unsafe_code)] // slices, once checked, are passed on as pointers

use super::super::contract::pack::{DEPTH, copy_columns, panel_width};
use super::super::contract::tile::{ROWS_APART, Tile};
use super::super::contract::{Tiles, equal_parts};
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
        let sizes @ [_, depth, columns] = [m, self.depth, self.columns];
        check("a product", [("input", input.len(), &[m, depth]), ("output", output.len(), &[m, columns])]);
        check("a product", [("bias", bias.map_or(columns, <[T]>::len), &[columns])]);
        let operands = Operands { input: input.as_ptr(), bias: bias.map(<[T]>::as_ptr), output: output.as_mut_ptr() };
        for (index, panel) in self.panels.chunks(elements(&[depth, Self::panel()]).max(1)).enumerate() {
            let width = panel.len() / depth;
            for start in (0..depth).step_by(DEPTH) {
                let matrix = panel.as_ptr().wrapping_add(start * width);
                let part = Part { column: index * Self::panel(), width, start, accumulate, relu: false };
                // SAFETY: the slices were found to be as long as the sizes say, and `output` is borrowed mutably.
                unsafe { part.multiply(T::tiles(), sizes, matrix, operands) }
            }
        }
    }
}

/// A product's tensors but for the matrix, as long as its sizes say.
#[derive(Clone, Copy)]
pub(super) struct Operands<T> {
    pub input: *const T,
    pub bias: Option<*const T>,
    pub output: *mut T,
}

/// Some columns of a matrix, and of its depth at most [`DEPTH`] rows from one on.
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub column: usize,
    pub width: usize,
    pub start: usize,
    /// Whether the first part of the depth is added to what is in the output, as all others are.
    pub accumulate: bool,
    /// Whether the sums end in relu, with the last part of the depth.
    pub relu: bool,
}

impl Part {
    /// Adds the part's share to the output of a product of these sizes, `[m, depth, columns]`; the part of the matrix lies together.
    ///
    /// # Safety
    /// The pointers are valid for all of it, and nobody else uses these columns of the output meanwhile.
    pub unsafe fn multiply<T: Float>(
        self,
        tiles: &Tiles<T>,
        [m, depth, columns]: [usize; 3],
        matrix: *const T,
        Operands { input, bias, output }: Operands<T>,
    ) {
        let Self { column, width, start, .. } = self;
        let mut tile = Tile {
            a: input.wrapping_add(start),
            a_row: depth,
            b: matrix,
            c: output.wrapping_add(column),
            c_row: columns,
            counts: [1, 1, DEPTH.min(depth - start)],
            a_steps: [0, 0, 1],
            b_steps: [0, 0, width as isize],
            accumulate: self.accumulate || start > 0,
            bias: bias.filter(|_| start == 0).map_or(std::ptr::null(), |bias| bias.wrapping_add(column)),
            relu: self.relu && start + DEPTH >= depth,
            ..Tile::new()
        };
        for (rows, repeats) in equal_parts(m, tiles.rows) {
            tile.repeats = repeats;
            tile.repeat_steps = [rows * depth, rows * columns];
            // SAFETY: the caller's promise.
            unsafe { tiles.columns(ROWS_APART, rows, width, tile) }
            tile.a = tile.a.wrapping_add(repeats * rows * depth);
            tile.c = tile.c.wrapping_add(repeats * rows * columns);
        }
    }
}
