//! The tiles of each instruction set, and the choice among them.
#![allow(unsafe_code)] // entering an instruction set

use super::super::simd::Simd;
#[cfg(target_arch = "aarch64")]
use super::super::simd::neon::Neon;
use super::super::simd::portable::{FUSES, Portable};
#[cfg(target_arch = "x86_64")]
use super::super::simd::x86::{Avx2, Avx512};
use super::tile::{ROWS_APART, Tile, UNIT_ROWS, UNIT_ROWS_AND_SUMS, compute};
use super::transpose::{self, Transpose};
use super::winograd::transform::{self, Transforms};
use crate::float::Float;
use crate::instruction_set::InstructionSet;

/// Portable vectors as they are best on this machine.
type Plain<T> = Portable<T, FUSES>;
#[cfg(test)]
type Fused<T> = Portable<T, true>;

/// The most rows of any tile.
const MOST_ROWS: usize = 14;

/// A tile of a fixed size.
///
/// # Safety
/// As `compute`.
pub(crate) type TileFunction<T> = unsafe fn(&Tile<T>);

/// The tiles of an instruction set.
pub(crate) struct Tiles<T> {
    /// How many elements a vector has.
    pub lanes: usize,
    /// The most rows of a tile of one or two vectors.
    pub rows: usize,
    /// The most rows of a tile of four vectors.
    pub rows_of_four: usize,
    pub transpose: Transpose<T>,
    /// Winograd's, for two, three and four outputs.
    pub transforms: [Transforms<T>; 3],
    /// By masks (with, without), form, vectors (1, 2, 4) and rows less one.
    functions: [[[[TileFunction<T>; MOST_ROWS]; 3]; 3]; 2],
}

impl<T: Copy> Tiles<T> {
    /// Computes a tile of a number of rows and columns; the columns are at most four vectors, and not in three.
    ///
    /// # Safety
    /// All that `tile` describes is inside of living memory; nobody else uses the tile's part of `c` meanwhile.
    #[inline]
    pub unsafe fn compute(&self, form: u8, rows: usize, columns: usize, mut tile: Tile<T>) {
        let vectors = columns.div_ceil(self.lanes);
        tile.last_lanes = columns - (vectors - 1) * self.lanes;
        let is_whole = tile.last_lanes == self.lanes;
        let function = self.functions[usize::from(is_whole)][usize::from(form)][vectors / 2][rows - 1];
        // SAFETY: the caller's promise; a table is only given out where its instruction set is.
        unsafe { function(&tile) }
    }

    /// Computes a number of rows and any number of columns, in tiles beside each other.
    ///
    /// # Safety
    /// As [`compute`](Self::compute).
    #[inline]
    pub unsafe fn columns(&self, form: u8, rows: usize, columns: usize, mut tile: Tile<T>) {
        let mut rest = columns;
        while rest > 0 {
            let width = self.width(rows, rest);
            // SAFETY: the caller's promise.
            unsafe { self.compute(form, rows, width, tile) }
            rest -= width;
            tile.b = tile.b.wrapping_add(width);
            tile.c = tile.c.wrapping_add(width);
            if !tile.bias.is_null() {
                tile.bias = tile.bias.wrapping_add(width);
            }
        }
    }

    /// How many of `columns` a tile of `rows` rows takes at once.
    #[inline]
    pub fn width(&self, rows: usize, columns: usize) -> usize {
        let vectors = if rows <= self.rows_of_four && columns > 3 * self.lanes { 4 } else { 2 };
        columns.min(vectors * self.lanes)
    }
}

/// The choice of tiles for an element.
pub(crate) trait HasTiles: Sized + 'static {
    /// The tiles of an instruction set.
    ///
    /// # Panics
    /// If this machine does not have it.
    fn tiles_of(set: InstructionSet) -> &'static Tiles<Self>;
    /// The tiles of the instruction set in use.
    fn tiles() -> &'static Tiles<Self> {
        Self::tiles_of(InstructionSet::current())
    }
    /// The tiles of every instruction set that this machine has, the portable ones first and the best last.
    #[cfg(test)]
    fn all_tiles() -> Vec<&'static Tiles<Self>> {
        InstructionSet::available().map(Self::tiles_of).collect()
    }
    /// Portable tiles that multiply and add in one, on whatever machine.
    #[cfg(test)]
    fn fused_tiles() -> &'static Tiles<Self>;
}

/// The functions of 1 to 14 rows; those beyond the given limit are never asked for and stand for the limit, to save code.
macro_rules! rows {
    ($enter:ident, $element:ty, $vectors:literal, $form:ident, $whole:literal, $limit:literal) => {
        rows!(@list $enter, $element, $vectors, $form, $whole, $limit, 1 2 3 4 5 6 7 8 9 10 11 12 13 14)
    };
    (@list $enter:ident, $element:ty, $vectors:literal, $form:ident, $whole:literal, $limit:literal, $($rows:literal)*) => {
        [$($enter::<$element, { if $rows < $limit { $rows } else { $limit } }, $vectors, $form, $whole>),*]
    };
}

macro_rules! tiles {
    ($enter:ident, $simd:ident, $element:ty, $rows:literal, $rows_of_four:literal, $transpose:expr) => {
        &const {
            Tiles {
                lanes: <$simd<$element> as Simd>::LANES,
                rows: $rows,
                rows_of_four: $rows_of_four,
                transpose: $transpose,
                transforms: transform::$enter::all::<$element>(),
                functions: [
                    tiles!(@forms $enter, $element, false, $rows, $rows_of_four),
                    tiles!(@forms $enter, $element, true, $rows, $rows_of_four),
                ],
            }
        }
    };
    (@forms $enter:ident, $element:ty, $whole:literal, $rows:literal, $rows_of_four:literal) => {
        [
            tiles!(@widths $enter, $element, ROWS_APART, $whole, $rows, $rows_of_four),
            tiles!(@widths $enter, $element, UNIT_ROWS, $whole, $rows, $rows_of_four),
            tiles!(@widths $enter, $element, UNIT_ROWS_AND_SUMS, $whole, $rows, $rows_of_four),
        ]
    };
    (@widths $enter:ident, $element:ty, $form:ident, $whole:literal, $rows:literal, $rows_of_four:literal) => {
        [
            rows!($enter, $element, 1, $form, $whole, $rows),
            rows!($enter, $element, 2, $form, $whole, $rows),
            rows!($enter, $element, 4, $form, $whole, $rows_of_four),
        ]
    };
}

macro_rules! has_tiles {
    ($element:ty, $avx512_transpose:expr, $avx2_transpose:expr, $neon_transpose:expr) => {
        impl HasTiles for $element {
            fn tiles_of(set: InstructionSet) -> &'static Tiles<Self> {
                assert!(set.is_available(), "this machine does not have {set:?}");
                match set {
                    #[cfg(target_arch = "x86_64")]
                    InstructionSet::Avx512 => tiles!(avx512, Avx512, $element, 14, 4, $avx512_transpose),
                    #[cfg(target_arch = "x86_64")]
                    InstructionSet::Avx2 => tiles!(avx2, Avx2, $element, 6, 3, $avx2_transpose),
                    #[cfg(target_arch = "aarch64")]
                    InstructionSet::Neon => tiles!(neon, Neon, $element, 12, 6, $neon_transpose),
                    _ => tiles!(portable, Plain, $element, 4, 2, transpose::portable),
                }
            }

            #[cfg(test)]
            fn fused_tiles() -> &'static Tiles<Self> {
                tiles!(fused, Fused, $element, 4, 2, transpose::portable)
            }
        }
    };
}

has_tiles!(f32, transpose::avx512, transpose::avx2, transpose::neon);
has_tiles!(f64, transpose::portable, transpose::portable, transpose::portable);

/// The tiles' function of an instruction set, of its name.
macro_rules! enter {
    ($set:ident, $simd:ident $(, #[$feature:meta])*) => {
        /// # Safety
        /// As `compute`.
        $(#[$feature])*
        unsafe fn $set<T: Float, const ROWS: usize, const VECTORS: usize, const FORM: u8, const WHOLE: bool>(tile: &Tile<T>)
        where
            $simd<T>: Simd<Element = T>,
        {
            // SAFETY: the caller's promise.
            unsafe { compute::<$simd<T>, ROWS, VECTORS, FORM, WHOLE>(tile) }
        }
    };
}

#[cfg(target_arch = "x86_64")]
enter!(avx512, Avx512, #[target_feature(enable = "avx512f")]);
#[cfg(target_arch = "x86_64")]
enter!(avx2, Avx2, #[target_feature(enable = "avx2,fma")]);
#[cfg(target_arch = "aarch64")]
enter!(neon, Neon, #[target_feature(enable = "neon")]);
enter!(portable, Plain);
#[cfg(test)]
enter!(fused, Fused);
