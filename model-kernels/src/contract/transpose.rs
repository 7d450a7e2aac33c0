//! Transposition, for kernels whose columns are to be read along.
#![allow(unsafe_code)] // copies between pointers

use super::super::simd::prefetch;
use crate::float::Float;

/// Copies `width` columns, each of which lies together, to `depth` rows of `to_stride`: `to[row][column] = from[column][row]`.
///
/// # Safety
/// The machine has the function's instruction set, and the pointers are valid for all rows and columns.
pub(crate) type Transpose<T> =
    unsafe fn(from: *const T, column_stride: usize, to: *mut T, to_stride: usize, depth: usize, width: usize);

/// Transposes one by one, in squares that keep to a few lines of the cache.
///
/// # Safety
/// As [`Transpose`].
pub(crate) unsafe fn portable<T: Float>(
    from: *const T,
    column_stride: usize,
    to: *mut T,
    to_stride: usize,
    depth: usize,
    width: usize,
) {
    const SIDE: usize = 16;
    for first in (0..depth).step_by(SIDE) {
        for column in 0..width {
            for row in first..(first + SIDE).min(depth) {
                // SAFETY: the caller's pointers are valid for all rows and columns.
                unsafe { *to.add(row * to_stride + column) = *from.add(row + column * column_stride) }
            }
        }
    }
}

/// Transposes in squares of so many to a side, and one by one what these leave.
///
/// # Safety
/// As [`Transpose`].
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[inline(always)]
unsafe fn in_squares<const SIDE: usize>(
    from: *const f32,
    column_stride: usize,
    to: *mut f32,
    to_stride: usize,
    [depth, width]: [usize; 2],
    square: unsafe fn(*const f32, usize, *mut f32, usize),
) {
    let (rows, columns) = (depth - depth % SIDE, width - width % SIDE);
    for column in (0..columns).step_by(SIDE) {
        for row in (0..rows).step_by(SIDE) {
            // SAFETY: the caller's promise: the square is whole.
            unsafe {
                let (from, to) = (from.add(column * column_stride + row), to.add(row * to_stride + column));
                for index in 0..SIDE {
                    prefetch(from.wrapping_add((SIDE + index) * column_stride));
                }
                square(from, column_stride, to, to_stride);
            }
        }
    }
    // SAFETY: the caller's promise: these are the rest of the rows, and the rest of the columns.
    unsafe {
        portable(from.add(rows), column_stride, to.add(rows * to_stride), to_stride, depth - rows, columns);
        portable(from.add(columns * column_stride), column_stride, to.add(columns), to_stride, depth, width - columns);
    }
}

/// Transposes in registers, in squares of 8 x 8.
///
/// # Safety
/// As [`Transpose`].
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
pub(crate) unsafe fn avx2(from: *const f32, column_stride: usize, to: *mut f32, to_stride: usize, depth: usize, width: usize) {
    // SAFETY: the caller's promise.
    unsafe { in_squares::<8>(from, column_stride, to, to_stride, [depth, width], square_of_8) }
}

/// Transposes in registers, in squares of 4 x 4.
///
/// # Safety
/// As [`Transpose`].
#[cfg(target_arch = "aarch64")]
#[target_feature(enable = "neon")]
pub(crate) unsafe fn neon(from: *const f32, column_stride: usize, to: *mut f32, to_stride: usize, depth: usize, width: usize) {
    // SAFETY: the caller's promise.
    unsafe { in_squares::<4>(from, column_stride, to, to_stride, [depth, width], square_of_4) }
}

/// Transposes a square of 4 x 4.
#[cfg(target_arch = "aarch64")]
#[target_feature(enable = "neon")]
unsafe fn square_of_4(from: *const f32, column_stride: usize, to: *mut f32, to_stride: usize) {
    use std::arch::aarch64::*;
    // SAFETY: the caller's pointers are valid for the square.
    unsafe {
        let [a, b, c, d] = [0, 1, 2, 3].map(|column| vld1q_f32(from.add(column * column_stride)));
        // Of each two columns, what is at even and at odd places; then their halves beside each other.
        let pairs = [[vtrn1q_f32(a, b), vtrn1q_f32(c, d)], [vtrn2q_f32(a, b), vtrn2q_f32(c, d)]];
        for (row, [low, high]) in pairs.into_iter().enumerate() {
            let [low, high] = [vreinterpretq_f64_f32(low), vreinterpretq_f64_f32(high)];
            vst1q_f32(to.add(row * to_stride), vreinterpretq_f32_f64(vtrn1q_f64(low, high)));
            vst1q_f32(to.add((2 + row) * to_stride), vreinterpretq_f32_f64(vtrn2q_f64(low, high)));
        }
    }
}

/// Transposes a square of 8 x 8.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn square_of_8(from: *const f32, column_stride: usize, to: *mut f32, to_stride: usize) {
    use std::arch::x86_64::*;
    for half in [0, 4] {
        // SAFETY: the caller's pointers are valid for the square.
        unsafe {
            // Four rows of a column and of the fourth behind it: the halves of a register are squares of 4 x 4 then.
            let mut a = [_mm256_setzero_ps(); 4];
            for (index, a) in a.iter_mut().enumerate() {
                let [low, high] = [index, index + 4].map(|column| _mm_loadu_ps(from.add(column * column_stride + half)));
                *a = _mm256_insertf128_ps::<1>(_mm256_castps128_ps256(low), high);
            }
            let [low, high] = [[a[0], a[1]], [a[2], a[3]]]
                .map(|[a, b]| [_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b)].map(|pair| _mm256_castps_pd(pair)));
            for pair in 0..2 {
                let rows = [_mm256_unpacklo_pd(low[pair], high[pair]), _mm256_unpackhi_pd(low[pair], high[pair])];
                for (index, row) in rows.into_iter().enumerate() {
                    _mm256_storeu_ps(to.add((half + 2 * pair + index) * to_stride), _mm256_castpd_ps(row));
                }
            }
        }
    }
}

/// Transposes in registers, in squares of 16 x 16.
///
/// # Safety
/// As [`Transpose`].
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
pub(crate) unsafe fn avx512(from: *const f32, column_stride: usize, to: *mut f32, to_stride: usize, depth: usize, width: usize) {
    for column in (0..width).step_by(16) {
        let columns = (width - column).min(16);
        for row in (0..depth).step_by(16) {
            let rows = (depth - row).min(16);
            // SAFETY: the caller's promise.
            unsafe {
                let (from, to) = (from.add(column * column_stride + row), to.add(row * to_stride + column));
                for index in 0..16 {
                    prefetch(from.wrapping_add((16 + index) * column_stride));
                }
                if rows == 16 && columns == 16 {
                    square::<true>(from, column_stride, to, to_stride, rows, columns);
                } else {
                    square::<false>(from, column_stride, to, to_stride, rows, columns);
                }
            }
        }
    }
}

/// Transposes a square, or a part of one.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn square<const WHOLE: bool>(
    from: *const f32,
    column_stride: usize,
    to: *mut f32,
    to_stride: usize,
    rows: usize,
    columns: usize,
) {
    use std::arch::x86_64::*;
    let mask = |count: usize| u16::MAX >> (16 - count);
    // SAFETY: the caller's pointers are valid for these rows and columns, and the masks leave out what is beyond. Where there are fewer columns the
    // last is read again, so that all stay in registers.
    unsafe {
        let mut a = [_mm512_setzero_ps(); 16];
        for (index, a) in a.iter_mut().enumerate() {
            *a = if WHOLE {
                _mm512_loadu_ps(from.add(index * column_stride))
            } else {
                _mm512_maskz_loadu_ps(mask(rows), from.add(index.min(columns - 1) * column_stride))
            };
        }
        // Pairs of single elements, then pairs of those, within each quarter of a register.
        let mut b = a;
        for pair in 0..8 {
            b[2 * pair] = _mm512_unpacklo_ps(a[2 * pair], a[2 * pair + 1]);
            b[2 * pair + 1] = _mm512_unpackhi_ps(a[2 * pair], a[2 * pair + 1]);
        }
        for four in 0..4 {
            for half in 0..2 {
                let low = _mm512_castps_pd(b[4 * four + half]);
                let high = _mm512_castps_pd(b[4 * four + 2 + half]);
                a[4 * four + 2 * half] = _mm512_castpd_ps(_mm512_unpacklo_pd(low, high));
                a[4 * four + 2 * half + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low, high));
            }
        }
        // Then whole quarters: `a[4 * i + j]` has the columns `4 * i ..` of the rows `j`, `4 + j`, `8 + j` and `12 + j`.
        for j in 0..4 {
            let low = [_mm512_shuffle_f32x4::<0x88>(a[j], a[4 + j]), _mm512_shuffle_f32x4::<0xdd>(a[j], a[4 + j])];
            let high = [_mm512_shuffle_f32x4::<0x88>(a[8 + j], a[12 + j]), _mm512_shuffle_f32x4::<0xdd>(a[8 + j], a[12 + j])];
            b[j] = _mm512_shuffle_f32x4::<0x88>(low[0], high[0]);
            b[8 + j] = _mm512_shuffle_f32x4::<0xdd>(low[0], high[0]);
            b[4 + j] = _mm512_shuffle_f32x4::<0x88>(low[1], high[1]);
            b[12 + j] = _mm512_shuffle_f32x4::<0xdd>(low[1], high[1]);
        }
        for (index, &b) in b.iter().enumerate() {
            if WHOLE {
                _mm512_storeu_ps(to.add(index * to_stride), b);
            } else if index < rows {
                _mm512_mask_storeu_ps(to.add(index * to_stride), mask(columns), b);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::HasTiles;
    use crate::testing::values;

    #[test]
    fn columns_become_rows() {
        for (depth, width, stride) in [(16, 16, 16), (5, 3, 9), (40, 32, 40), (33, 17, 50)] {
            let from = values::<f32>(width * stride, 1);
            for tiles in f32::all_tiles() {
                let mut to = vec![0.0; depth * width];
                // SAFETY: `from` has `width` columns of `stride >= depth`.
                unsafe { (tiles.transpose)(from.as_ptr(), stride, to.as_mut_ptr(), width, depth, width) }
                assert!((0..depth * width).all(|i| to[i] == from[i % width * stride + i / width]), "{depth} x {width}");
            }
        }
    }
}
