//! The tiles of each instruction set, and the choice among them.
#![allow(unsafe_code)] // entering an instruction set

use super::super::simd::Simd;
use super::super::simd::portable::Portable;
#[cfg(target_arch = "x86_64")]
use super::super::simd::x86::{Avx2, Avx512};
use super::tile::{ROWS_APART, Tile, UNIT_ROWS, UNIT_ROWS_AND_SUMS, compute};
use super::transpose::{self, Transpose};
use crate::float::Float;

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
    /// By masks (with, without), form, vectors (1, 2, 4) and rows less one.
    functions: [[[[TileFunction<T>; MOST_ROWS]; 3]; 3]; 2],
}

impl<T> Tiles<T> {
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

    /// How many of `columns` a tile of `rows` rows takes at once.
    #[inline]
    pub fn width(&self, rows: usize, columns: usize) -> usize {
        let vectors = if rows <= self.rows_of_four && columns > 3 * self.lanes { 4 } else { 2 };
        columns.min(vectors * self.lanes)
    }
}

/// The choice of tiles for an element.
pub(crate) trait HasTiles: Sized + 'static {
    /// The tiles of the best instruction set that this machine has.
    fn tiles() -> &'static Tiles<Self>;
    /// The tiles of every instruction set that this machine has.
    #[cfg(test)]
    fn all_tiles() -> Vec<&'static Tiles<Self>>;
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
    ($element:ty, $avx512_transpose:expr) => {
        impl HasTiles for $element {
            fn tiles() -> &'static Tiles<Self> {
                #[cfg(target_arch = "x86_64")]
                {
                    if is_x86_feature_detected!("avx512f") {
                        return tiles!(avx512, Avx512, $element, 14, 4, $avx512_transpose);
                    }
                    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                        return tiles!(avx2, Avx2, $element, 6, 3, transpose::portable);
                    }
                }
                tiles!(portable, Portable, $element, 4, 2, transpose::portable)
            }

            #[cfg(test)]
            fn all_tiles() -> Vec<&'static Tiles<Self>> {
                let mut all: Vec<&'static Tiles<Self>> = vec![tiles!(portable, Portable, $element, 4, 2, transpose::portable)];
                #[cfg(target_arch = "x86_64")]
                {
                    if is_x86_feature_detected!("avx512f") {
                        all.push(tiles!(avx512, Avx512, $element, 14, 4, $avx512_transpose));
                    }
                    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                        all.push(tiles!(avx2, Avx2, $element, 6, 3, transpose::portable));
                    }
                }
                all
            }
        }
    };
}

has_tiles!(f32, transpose::avx512);
has_tiles!(f64, transpose::portable);

/// # Safety
/// As `compute`.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn avx512<T: Float, const ROWS: usize, const VECTORS: usize, const FORM: u8, const WHOLE: bool>(tile: &Tile<T>)
where
    Avx512<T>: Simd<Element = T>,
{
    // SAFETY: the caller's promise.
    unsafe { compute::<Avx512<T>, ROWS, VECTORS, FORM, WHOLE>(tile) }
}

/// # Safety
/// As `compute`.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<T: Float, const ROWS: usize, const VECTORS: usize, const FORM: u8, const WHOLE: bool>(tile: &Tile<T>)
where
    Avx2<T>: Simd<Element = T>,
{
    // SAFETY: the caller's promise.
    unsafe { compute::<Avx2<T>, ROWS, VECTORS, FORM, WHOLE>(tile) }
}

/// # Safety
/// As `compute`.
unsafe fn portable<T: Float, const ROWS: usize, const VECTORS: usize, const FORM: u8, const WHOLE: bool>(tile: &Tile<T>) {
    // SAFETY: the caller's promise.
    unsafe { compute::<Portable<T>, ROWS, VECTORS, FORM, WHOLE>(tile) }
}
