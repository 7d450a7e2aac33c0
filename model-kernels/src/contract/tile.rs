//! The register tile: a few rows times a few vectors of columns, accumulated over up to three nested loops.
#![allow(unsafe_code)] // the tile works on pointers, and in the instruction set that its caller has found

use super::super::simd::{Simd, prefetch, prefetch_far};
use super::LINE;

/// So many steps of the innermost loop ahead, what it will read is asked for.
const AHEAD: isize = 8;

/// The form of tiles whose rows lie anywhere, each together.
pub(crate) const ROWS_APART: u8 = 0;
/// The form of tiles whose rows lie one element apart.
pub(crate) const UNIT_ROWS: u8 = 1;
/// The same, with the sums of `b`: while it is in registers, these are free.
pub(crate) const UNIT_ROWS_AND_SUMS: u8 = 2;

/// The work of one tile: `c[row][column] (=|+=) bias[column] + Σ a[row][k] * b[k][column]`, then relu.
///
/// `k` runs over three nested loops, each with a count and with steps for `a` and `b`, the innermost last.
#[derive(Clone, Copy)]
pub(crate) struct Tile<T> {
    pub a: *const T,
    /// From a row of `a` to the next. One in tiles with unit rows.
    pub a_row: usize,
    pub b: *const T,
    pub c: *mut T,
    pub c_row: usize,
    pub counts: [usize; 3],
    /// The innermost is one in tiles without unit rows.
    pub a_steps: [isize; 3],
    pub b_steps: [isize; 3],
    /// How many lanes of the last vector are columns: all, in tiles that are whole, which do without masks.
    pub last_lanes: usize,
    /// Whether the sum is added to what is in `c`.
    pub accumulate: bool,
    /// Null where there is none.
    pub bias: *const T,
    pub relu: bool,
    /// What later tiles will read: each step of the innermost loop asks for one element, `next_step` after the last. Only with unit rows.
    pub next: *const T,
    pub next_step: usize,
    /// What `Σ b[k][column]` is added to, in the form that has these sums.
    pub b_sums: *mut T,
    /// How many tiles with the same `b` are computed one after another: where sums are short, what surrounds a call counts.
    pub repeats: usize,
    /// From a tile to the next, in `a` and in `c`.
    pub repeat_steps: [usize; 2],
}

impl<T> Tile<T> {
    /// A tile of nothing: what is not said of another is as here.
    pub fn new() -> Self {
        Self {
            a: std::ptr::null(),
            a_row: 0,
            b: std::ptr::null(),
            c: std::ptr::null_mut(),
            c_row: 0,
            counts: [1; 3],
            a_steps: [0; 3],
            b_steps: [0; 3],
            last_lanes: 0,
            accumulate: false,
            bias: std::ptr::null(),
            relu: false,
            next: std::ptr::null(),
            next_step: 0,
            b_sums: std::ptr::null_mut(),
            repeats: 1,
            repeat_steps: [0; 2],
        }
    }

    /// Makes the inner loops one where each goes on where the other ended.
    pub fn join_loops(&mut self) {
        let inner = self.counts[2] as isize;
        if self.counts[1] > 1 && self.a_steps[1] == inner * self.a_steps[2] && self.b_steps[1] == inner * self.b_steps[2] {
            self.counts[2] *= self.counts[1];
            self.counts[1] = 1;
        }
    }
}

/// Computes a tile, and its repetitions.
///
/// # Safety
/// The machine has `S`; all that `tile` describes is inside of living memory; nobody else uses the tile's part of `c` meanwhile.
#[inline(always)]
pub(crate) unsafe fn compute<S: Simd, const ROWS: usize, const VECTORS: usize, const FORM: u8, const WHOLE: bool>(
    tile: &Tile<S::Element>,
) {
    // SAFETY: the caller's promise. Pointers that are stepped past the end are not used.
    unsafe {
        let mask = if WHOLE { None } else { Some(S::mask(tile.last_lanes)) };
        let bias =
            if tile.bias.is_null() { [S::splat(Default::default()); VECTORS] } else { load::<S, VECTORS>(tile.bias, mask) };
        let (mut a, mut c, mut next) = (tile.a, tile.c, tile.next);
        for _ in 0..tile.repeats {
            let mut sums = [bias; ROWS];
            for row in 0..ROWS {
                for vector in 0..VECTORS {
                    prefetch(c.wrapping_add(row * tile.c_row + vector * S::LANES));
                }
            }
            add_products::<S, ROWS, VECTORS, FORM>(tile, a, mask, &mut sums, &mut next);
            finish::<S, ROWS, VECTORS>(tile, c, mask, sums);
            a = a.wrapping_add(tile.repeat_steps[0]);
            c = c.wrapping_add(tile.repeat_steps[1]);
        }
    }
}

/// Adds `Σ a[row][k] * b[k][column]` to the sums.
#[inline(always)]
unsafe fn add_products<S: Simd, const ROWS: usize, const VECTORS: usize, const FORM: u8>(
    tile: &Tile<S::Element>,
    a: *const S::Element,
    mask: Option<S::Mask>,
    sums: &mut [[S::Vector; VECTORS]; ROWS],
    next: &mut *const S::Element,
) {
    let has_unit_rows = FORM != ROWS_APART;
    let a_row = if has_unit_rows { 1 } else { tile.a_row };
    let a_step = if has_unit_rows { tile.a_steps[2] } else { 1 };
    let b_step = tile.b_steps[2];
    // SAFETY: the promise of `compute`'s caller.
    unsafe {
        let mut b_sums = [S::splat(Default::default()); VECTORS];
        for outer in 0..tile.counts[0] as isize {
            for middle in 0..tile.counts[1] as isize {
                let mut a = a.wrapping_offset(outer * tile.a_steps[0] + middle * tile.a_steps[1]);
                let mut b = tile.b.wrapping_offset(outer * tile.b_steps[0] + middle * tile.b_steps[1]);
                let mut rest = tile.counts[2];
                while rest > 0 {
                    if !has_unit_rows {
                        for row in 0..ROWS {
                            prefetch(a.wrapping_add(row * a_row + 2 * LINE));
                        }
                    }
                    let steps = rest.min(LINE);
                    rest -= steps;
                    for _ in 0..steps {
                        for vector in 0..VECTORS {
                            prefetch(b.wrapping_offset(AHEAD * b_step).wrapping_add(vector * S::LANES));
                        }
                        if has_unit_rows {
                            prefetch(a.wrapping_offset(AHEAD * a_step));
                            prefetch_far(*next);
                            *next = next.wrapping_add(tile.next_step);
                        }
                        let columns = load::<S, VECTORS>(b, mask);
                        if FORM == UNIT_ROWS_AND_SUMS {
                            for (sum, &column) in b_sums.iter_mut().zip(&columns) {
                                *sum = S::add(*sum, column);
                            }
                        }
                        for (row, sums) in sums.iter_mut().enumerate() {
                            let factor = S::splat(*a.add(row * a_row));
                            for (sum, &column) in sums.iter_mut().zip(&columns) {
                                *sum = S::mul_add(factor, column, *sum);
                            }
                        }
                        a = a.wrapping_offset(a_step);
                        b = b.wrapping_offset(b_step);
                    }
                }
            }
        }
        if FORM == UNIT_ROWS_AND_SUMS {
            let old = load::<S, VECTORS>(tile.b_sums, mask);
            for (sum, old) in b_sums.iter_mut().zip(old) {
                *sum = S::add(*sum, old);
            }
            store::<S, VECTORS>(tile.b_sums, mask, &b_sums);
        }
    }
}

// Loops instead of closures here: a closure has no instruction set, and what is not inlined into one that has costs a call an element.

/// Loads the columns of a row: whole vectors but for the last.
///
/// # Safety
/// The machine has `S`, and the pointer is valid for all columns, as for `store`.
#[inline(always)]
pub(crate) unsafe fn load<S: Simd, const VECTORS: usize>(from: *const S::Element, mask: Option<S::Mask>) -> [S::Vector; VECTORS] {
    // SAFETY: the caller's pointer is valid for all columns.
    unsafe {
        let mut columns = [S::splat(Default::default()); VECTORS];
        for (vector, column) in columns.iter_mut().enumerate() {
            let from = from.add(vector * S::LANES);
            *column = match mask {
                Some(mask) if vector + 1 == VECTORS => S::load_masked(from, mask),
                _ => S::load(from),
            };
        }
        columns
    }
}

/// Adds what is to be added and stores.
#[inline(always)]
unsafe fn finish<S: Simd, const ROWS: usize, const VECTORS: usize>(
    tile: &Tile<S::Element>,
    c: *mut S::Element,
    mask: Option<S::Mask>,
    mut sums: [[S::Vector; VECTORS]; ROWS],
) {
    // SAFETY: the promise of `compute`'s caller.
    unsafe {
        if tile.accumulate {
            for (row, sums) in sums.iter_mut().enumerate() {
                let old = load::<S, VECTORS>(c.add(row * tile.c_row), mask);
                for (sum, old) in sums.iter_mut().zip(old) {
                    *sum = S::add(*sum, old);
                }
            }
        }
        if tile.relu {
            for sums in &mut sums {
                for sum in sums {
                    *sum = S::relu(*sum);
                }
            }
        }
        for (row, sums) in sums.iter().enumerate() {
            store::<S, VECTORS>(c.add(row * tile.c_row), mask, sums);
        }
    }
}

/// Stores the columns of a row: whole vectors but for the last.
///
/// # Safety
/// As [`load`].
#[inline(always)]
pub(crate) unsafe fn store<S: Simd, const VECTORS: usize>(
    to: *mut S::Element,
    mask: Option<S::Mask>,
    columns: &[S::Vector; VECTORS],
) {
    // SAFETY: the caller's pointer is valid for all columns.
    unsafe {
        for (vector, &column) in columns.iter().enumerate() {
            let to = to.add(vector * S::LANES);
            match mask {
                Some(mask) if vector + 1 == VECTORS => S::store_masked(to, mask, column),
                _ => S::store(to, column),
            }
        }
    }
}
