//! Vectors of x86-64: AVX-512, and AVX2 with FMA.
#![allow(unsafe_code)] // intrinsics

use std::arch::x86_64::*;
use std::marker::PhantomData;

use super::Simd;

/// 512-bit registers.
#[derive(Clone, Copy)]
pub(crate) struct Avx512<T>(PhantomData<T>);

/// 256-bit registers.
#[derive(Clone, Copy)]
pub(crate) struct Avx2<T>(PhantomData<T>);

macro_rules! avx512 {
    ($element:ty, $vector:ty, $mask:ty, $lanes:literal, $splat:ident, $load:ident, $load_masked:ident, $store:ident, $store_masked:ident,
     $mul_add:ident, $add:ident, $max:ident, $zero:ident) => {
        // SAFETY, for all of these: the trait's caller promises the instruction set and the pointers.
        impl Simd for Avx512<$element> {
            type Element = $element;
            type Vector = $vector;
            type Mask = $mask;
            const LANES: usize = $lanes;
            #[inline(always)]
            unsafe fn splat(element: $element) -> $vector {
                // SAFETY: as above.
                unsafe { $splat(element) }
            }
            #[inline(always)]
            unsafe fn mask(lanes: usize) -> $mask {
                <$mask>::MAX >> ($lanes - lanes)
            }
            #[inline(always)]
            unsafe fn load(from: *const $element) -> $vector {
                // SAFETY: as above.
                unsafe { $load(from) }
            }
            #[inline(always)]
            unsafe fn load_masked(from: *const $element, mask: $mask) -> $vector {
                // SAFETY: as above.
                unsafe { $load_masked(mask, from) }
            }
            #[inline(always)]
            unsafe fn store(to: *mut $element, vector: $vector) {
                // SAFETY: as above.
                unsafe { $store(to, vector) }
            }
            #[inline(always)]
            unsafe fn store_masked(to: *mut $element, mask: $mask, vector: $vector) {
                // SAFETY: as above.
                unsafe { $store_masked(to, mask, vector) }
            }
            #[inline(always)]
            unsafe fn mul_add(a: $vector, b: $vector, c: $vector) -> $vector {
                // SAFETY: as above.
                unsafe { $mul_add(a, b, c) }
            }
            #[inline(always)]
            unsafe fn add(a: $vector, b: $vector) -> $vector {
                // SAFETY: as above.
                unsafe { $add(a, b) }
            }
            #[inline(always)]
            unsafe fn relu(a: $vector) -> $vector {
                // SAFETY: as above. The maximum of a NaN and another is its second operand.
                unsafe { $max($zero(), a) }
            }
        }
    };
}

avx512!(
    f32,
    __m512,
    __mmask16,
    16,
    _mm512_set1_ps,
    _mm512_loadu_ps,
    _mm512_maskz_loadu_ps,
    _mm512_storeu_ps,
    _mm512_mask_storeu_ps,
    _mm512_fmadd_ps,
    _mm512_add_ps,
    _mm512_max_ps,
    _mm512_setzero_ps
);
avx512!(
    f64,
    __m512d,
    __mmask8,
    8,
    _mm512_set1_pd,
    _mm512_loadu_pd,
    _mm512_maskz_loadu_pd,
    _mm512_storeu_pd,
    _mm512_mask_storeu_pd,
    _mm512_fmadd_pd,
    _mm512_add_pd,
    _mm512_max_pd,
    _mm512_setzero_pd
);

/// Ones before zeros: a mask of `n` lanes starts `n` before the middle.
static MASKS_32: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];
static MASKS_64: [i64; 8] = [-1, -1, -1, -1, 0, 0, 0, 0];

macro_rules! avx2 {
    ($element:ty, $vector:ty, $masks:ident, $lanes:literal, $splat:ident, $load:ident, $load_masked:ident, $store:ident, $store_masked:ident,
     $mul_add:ident, $add:ident, $max:ident, $zero:ident) => {
        // SAFETY, for all of these: the trait's caller promises the instruction set and the pointers.
        impl Simd for Avx2<$element> {
            type Element = $element;
            type Vector = $vector;
            type Mask = __m256i;
            const LANES: usize = $lanes;
            #[inline(always)]
            unsafe fn splat(element: $element) -> $vector {
                // SAFETY: as above.
                unsafe { $splat(element) }
            }
            #[inline(always)]
            unsafe fn mask(lanes: usize) -> __m256i {
                // SAFETY: as above; `lanes` is at most the number of ones, and as many zeros follow them.
                unsafe { _mm256_loadu_si256($masks.as_ptr().add($lanes - lanes).cast()) }
            }
            #[inline(always)]
            unsafe fn load(from: *const $element) -> $vector {
                // SAFETY: as above.
                unsafe { $load(from) }
            }
            #[inline(always)]
            unsafe fn load_masked(from: *const $element, mask: __m256i) -> $vector {
                // SAFETY: as above.
                unsafe { $load_masked(from, mask) }
            }
            #[inline(always)]
            unsafe fn store(to: *mut $element, vector: $vector) {
                // SAFETY: as above.
                unsafe { $store(to, vector) }
            }
            #[inline(always)]
            unsafe fn store_masked(to: *mut $element, mask: __m256i, vector: $vector) {
                // SAFETY: as above.
                unsafe { $store_masked(to, mask, vector) }
            }
            #[inline(always)]
            unsafe fn mul_add(a: $vector, b: $vector, c: $vector) -> $vector {
                // SAFETY: as above.
                unsafe { $mul_add(a, b, c) }
            }
            #[inline(always)]
            unsafe fn add(a: $vector, b: $vector) -> $vector {
                // SAFETY: as above.
                unsafe { $add(a, b) }
            }
            #[inline(always)]
            unsafe fn relu(a: $vector) -> $vector {
                // SAFETY: as above. The maximum of a NaN and another is its second operand.
                unsafe { $max($zero(), a) }
            }
        }
    };
}

avx2!(
    f32,
    __m256,
    MASKS_32,
    8,
    _mm256_set1_ps,
    _mm256_loadu_ps,
    _mm256_maskload_ps,
    _mm256_storeu_ps,
    _mm256_maskstore_ps,
    _mm256_fmadd_ps,
    _mm256_add_ps,
    _mm256_max_ps,
    _mm256_setzero_ps
);
avx2!(
    f64,
    __m256d,
    MASKS_64,
    4,
    _mm256_set1_pd,
    _mm256_loadu_pd,
    _mm256_maskload_pd,
    _mm256_storeu_pd,
    _mm256_maskstore_pd,
    _mm256_fmadd_pd,
    _mm256_add_pd,
    _mm256_max_pd,
    _mm256_setzero_pd
);
