//! Vectors of AArch64, which every such machine has: 128-bit registers.
#![allow(unsafe_code)] // intrinsics

use std::arch::aarch64::*;
use std::array::from_fn;
use std::marker::PhantomData;

use super::Simd;

/// 128-bit registers.
#[derive(Clone, Copy)]
pub(crate) struct Neon<T>(PhantomData<T>);

macro_rules! neon {
    ($element:ty, $vector:ty, $lanes:literal, $splat:ident, $load:ident, $store:ident, $mul_add:ident, $add:ident, $is_negative:ident, $select:ident) => {
        // SAFETY, for all of these: the trait's caller promises the pointers.
        impl Simd for Neon<$element> {
            type Element = $element;
            type Vector = $vector;
            type Mask = usize;
            const LANES: usize = $lanes;
            #[inline(always)]
            unsafe fn splat(element: $element) -> $vector {
                // SAFETY: as above.
                unsafe { $splat(element) }
            }
            #[inline(always)]
            unsafe fn mask(lanes: usize) -> usize {
                lanes
            }
            #[inline(always)]
            unsafe fn load(from: *const $element) -> $vector {
                // SAFETY: as above.
                unsafe { $load(from) }
            }
            #[inline(always)]
            unsafe fn load_masked(from: *const $element, mask: usize) -> $vector {
                // SAFETY: as above: the pointer is valid for the first `mask` lanes.
                let lanes: [$element; $lanes] = from_fn(|lane| if lane < mask { unsafe { *from.add(lane) } } else { 0.0 });
                // SAFETY: as above.
                unsafe { $load(lanes.as_ptr()) }
            }
            #[inline(always)]
            unsafe fn store(to: *mut $element, vector: $vector) {
                // SAFETY: as above.
                unsafe { $store(to, vector) }
            }
            #[inline(always)]
            unsafe fn store_masked(to: *mut $element, mask: usize, vector: $vector) {
                let mut lanes = [0.0; $lanes];
                // SAFETY: as above: the pointer is valid for the first `mask` lanes.
                unsafe {
                    $store(lanes.as_mut_ptr(), vector);
                    to.copy_from_nonoverlapping(lanes.as_ptr(), mask.min($lanes));
                }
            }
            #[inline(always)]
            unsafe fn mul_add(a: $vector, b: $vector, c: $vector) -> $vector {
                // SAFETY: as above.
                unsafe { $mul_add(c, a, b) }
            }
            #[inline(always)]
            unsafe fn add(a: $vector, b: $vector) -> $vector {
                // SAFETY: as above.
                unsafe { $add(a, b) }
            }
            #[inline(always)]
            unsafe fn relu(a: $vector) -> $vector {
                // SAFETY: as above. This machine's maximum of two zeros is the positive one, where that of others keeps the sign.
                unsafe { $select($is_negative(a), $splat(0.0), a) }
            }
        }
    };
}

neon!(f32, float32x4_t, 4, vdupq_n_f32, vld1q_f32, vst1q_f32, vfmaq_f32, vaddq_f32, vcltzq_f32, vbslq_f32);
neon!(f64, float64x2_t, 2, vdupq_n_f64, vld1q_f64, vst1q_f64, vfmaq_f64, vaddq_f64, vcltzq_f64, vbslq_f64);
