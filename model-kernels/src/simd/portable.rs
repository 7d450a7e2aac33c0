//! Vectors as arrays, for machines and elements without anything better.
#![allow(unsafe_code)] // the trait's pointers

use std::array::from_fn;
use std::marker::PhantomData;

use super::Simd;
use crate::float::Float;

/// Whether the machine that this is compiled for multiplies and adds in one instruction. On others that would be a call of the C library.
pub(crate) const FUSES: bool = cfg!(any(target_arch = "aarch64", target_feature = "fma"));

/// Four elements in an array; a product that is added to something is rounded before, unless it fuses.
#[derive(Clone, Copy)]
pub(crate) struct Portable<T, const FUSES: bool>(PhantomData<T>);

impl<T: Float, const FUSES: bool> Simd for Portable<T, FUSES> {
    type Element = T;
    type Vector = [T; 4];
    type Mask = usize;
    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn splat(element: T) -> [T; 4] {
        [element; 4]
    }
    #[inline(always)]
    unsafe fn mask(lanes: usize) -> usize {
        lanes
    }
    #[inline(always)]
    unsafe fn load(from: *const T) -> [T; 4] {
        // SAFETY: the caller's pointer is valid for four lanes.
        unsafe { from.cast::<[T; 4]>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn load_masked(from: *const T, mask: usize) -> [T; 4] {
        // SAFETY: the caller's pointer is valid for the first `mask` lanes.
        from_fn(|lane| if lane < mask { unsafe { *from.add(lane) } } else { T::ZERO })
    }
    #[inline(always)]
    unsafe fn store(to: *mut T, vector: [T; 4]) {
        // SAFETY: the caller's pointer is valid for four lanes.
        unsafe { to.cast::<[T; 4]>().write_unaligned(vector) }
    }
    #[inline(always)]
    unsafe fn store_masked(to: *mut T, mask: usize, vector: [T; 4]) {
        for (lane, &element) in vector.iter().enumerate().take(mask) {
            // SAFETY: the caller's pointer is valid for the first `mask` lanes.
            unsafe { *to.add(lane) = element }
        }
    }
    #[inline(always)]
    unsafe fn mul_add(a: [T; 4], b: [T; 4], c: [T; 4]) -> [T; 4] {
        from_fn(|lane| if FUSES { a[lane].mul_add(b[lane], c[lane]) } else { a[lane] * b[lane] + c[lane] })
    }
    #[inline(always)]
    unsafe fn add(a: [T; 4], b: [T; 4]) -> [T; 4] {
        from_fn(|lane| a[lane] + b[lane])
    }
    #[inline(always)]
    unsafe fn relu(a: [T; 4]) -> [T; 4] {
        a.map(|element| if element < T::ZERO { T::ZERO } else { element })
    }
}
